import COpenSSL
import Configuration
import DomainNames

/// What certificates have to be like: signed by an authority that we trust, in date, for the domain's own name.
///
/// Sendable: an SSL_CTX counts its users atomically, and this one is not changed after init.
final class CertificateCheck: @unchecked Sendable {
    private let context: OpaquePointer

    /// - Parameter authorities: a PEM file; nil for the system's.
    /// - Throws: where the file has no certificates.
    init(authorities: Settings.ConfiguredPath?) throws(ConfigurationError) {
        // The process may end while another thread waits for a server: nothing is taken from under it by exit(3).
        OPENSSL_init_ssl(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            let position = authorities?.position ?? SourcePosition(file: "(default)")
            throw ConfigurationError(position, "TLS cannot be used: \(CertificateCheck.lastError())")
        }
        self.context = context
        // SSL_CTX_set_min_proto_version of ssl.h. RFC 8996: nothing below 1.2; browsers follow it.
        SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(TLS1_2_VERSION), nil)
        // A bad certificate ends no handshake: we want to see its dates all the same.
        SSL_CTX_set_verify(context, SSL_VERIFY_NONE, nil)
        guard let authorities else {
            SSL_CTX_set_default_verify_paths(context)
            return
        }
        guard SSL_CTX_load_verify_file(context, authorities.path) == 1 else {
            let problem = CertificateCheck.lastError()
            throw ConfigurationError(
                authorities.position,
                "`https_ca`: expected a PEM file with certificates of authorities, "
                    + "cannot read \(quoted(authorities.path)): \(problem)")
        }
    }

    deinit { SSL_CTX_free(context) }

    /// A client's side of a connection to `host` over `descriptor`; nil where there is no memory for it.
    func connection(to host: DomainName, over descriptor: CInt) -> OpaquePointer? {
        guard let connection = SSL_new(context) else { return nil }
        let name = host.description
        let rules = SSL_get0_param(connection)
        // As browsers do: `*` stands for a whole label, and the subject's name counts for nothing (RFC 9525 section 6.3).
        X509_VERIFY_PARAM_set_hostflags(
            rules, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT))
        // SSL_set_tlsext_host_name of tls1.h (SNI, RFC 6066 section 3).
        let named = name.withCString {
            SSL_ctrl(
                connection, SSL_CTRL_SET_TLSEXT_HOSTNAME, Int(TLSEXT_NAMETYPE_host_name),
                UnsafeMutableRawPointer(mutating: $0))
        }
        guard X509_VERIFY_PARAM_set1_host(rules, name, 0) == 1, named == 1,
            SSL_set_fd(connection, descriptor) == 1
        else {
            SSL_free(connection)
            return nil
        }
        SSL_set_connect_state(connection)
        return connection
    }

    /// What the server of an open connection presented; nil where it presented nothing.
    static func certificate(of connection: OpaquePointer) -> DomainFinding.Certificate? {
        guard let certificate = SSL_get1_peer_certificate(connection) else { return nil }
        defer { X509_free(certificate) }
        var time = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &time) == 1 else { return nil }
        let result = SSL_get_verify_result(connection)
        let problem: String? =
            switch CInt(result) {
            case X509_V_OK: nil
            case X509_V_ERR_HOSTNAME_MISMATCH: "it is not for this name"
            case X509_V_ERR_CERT_HAS_EXPIRED: "it has expired"
            case X509_V_ERR_CERT_NOT_YET_VALID: "it is not valid yet"
            case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed"
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
                X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
                "it is not by an authority that is trusted here, or the server leaves out those in between"
            default: String(cString: X509_verify_cert_error_string(result))
            }
        return DomainFinding.Certificate(notAfter: timegm(&time), problem: problem)
    }

    /// What OpenSSL last complained of on this thread.
    static func lastError() -> String {
        let code = ERR_get_error()
        ERR_clear_error()
        if let reason = ERR_reason_error_string(code) { return String(cString: reason) }
        // Errors of the system's have no text of OpenSSL's (ERR_SYSTEM_FLAG of err.h).
        return code & 0x8000_0000 != 0
            ? String(cString: strerror(CInt(code & 0x7FFF_FFFF))) : "no reason given"
    }
}
