import CMilter
import Filtering
import Metrics

// The callbacks of libmilter. They translate between the MTA and a session, and do nothing else.
//
// They are ordinary functions in an ordinary file on purpose: closures at the top level of main.swift belong to the
// main actor, and trap on libmilter's threads.

/// The description of our filter for `smfi_register`. Callbacks that are nil cost the MTA nothing.
func filterDescription(name: UnsafeMutablePointer<CChar>?) -> smfiDesc {
    var description = smfiDesc()
    description.xxfi_name = name
    description.xxfi_version = SMFI_VERSION
    description.xxfi_flags = Agreement.wanted(mayAddHeaders: true, overTCP: false).actions
    description.xxfi_negotiate = negotiate
    description.xxfi_connect = connected
    description.xxfi_envfrom = envelopeSender
    // These two are asked for over TCP alone, see Agreement.wanted.
    description.xxfi_envrcpt = { _, _ in SMFIS_CONTINUE }
    description.xxfi_data = { _ in SMFIS_CONTINUE }
    description.xxfi_header = headerField
    description.xxfi_eoh = endOfHeaders
    description.xxfi_body = bodyPiece
    description.xxfi_eom = endOfMessage
    description.xxfi_abort = aborted
    description.xxfi_close = closed
    return description
}

/// xxfi_negotiate
private func negotiate(
    _ context: OpaquePointer?, _ offeredActions: UInt, _ offeredSteps: UInt, _ unused2: UInt, _ unused3: UInt,
    _ actions: UnsafeMutablePointer<UInt>?, _ steps: UnsafeMutablePointer<UInt>?,
    _ zero2: UnsafeMutablePointer<UInt>?, _ zero3: UnsafeMutablePointer<UInt>?
) -> sfsistat {
    guard let context, let actions, let steps, let service = Service.current else { return SMFIS_REJECT }
    let offer = Negotiation(
        offeredActions: offeredActions, protocolSteps: offeredSteps, wanted: service.wanted)
    switch offer {
    case .refused(let why):
        service.log(.error, "no agreement with the MTA: \(why)")
        return SMFIS_REJECT  // libmilter drops the connection; the MTA then does as for a milter that is down
    case .agreed(let agreement, let missing):
        for thing in missing { service.logOnce(.warning, "the MTA does not offer \(thing)") }
        actions.pointee = agreement.actions
        steps.pointee = agreement.protocolSteps
        zero2?.pointee = 0
        zero3?.pointee = 0
        if agreement.choosesMacros {
            for (stage, names) in wantedMacros { setMacroList(context, stage, names) }
        }
        _ = service.agreement(of: UInt(bitPattern: context))  // a leftover of an earlier connection
        hang(Session(service: service, agreement: agreement), on: context)
        return SMFIS_CONTINUE
    }
}

/// xxfi_connect. A nil address is a client on standard input, or of a kind that libmilter does not know.
private func connected(
    _ context: OpaquePointer?, _ host: UnsafeMutablePointer<CChar>?,
    _ address: UnsafeMutablePointer<sockaddr>?
) -> sfsistat {
    if let context, let session = session(of: context) {
        session.abort()
        session.client = clientAddress(address)
    }
    return SMFIS_NOREPLY
}

/// xxfi_envfrom
private func envelopeSender(
    _ context: OpaquePointer?, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> sfsistat {
    guard let context, let session = session(of: context) else { return SMFIS_ACCEPT }
    let sender = arguments?.pointee.map { String(cString: $0) } ?? ""
    return status(
        session.begin(
            Envelope(
                queueID: macro("i", context), sender: sender, login: macro("{auth_authen}", context),
                client: session.client ?? clientAddress(macro: macro("{client_addr}", context)),
                daemonName: macro("{daemon_name}", context))))
}

/// xxfi_header
private func headerField(
    _ context: OpaquePointer?, _ name: UnsafeMutablePointer<CChar>?, _ value: UnsafeMutablePointer<CChar>?
) -> sfsistat {
    if let context, let session = session(of: context) {
        session.header(name: bytes(name), value: bytes(value))
    }
    return SMFIS_NOREPLY
}

/// xxfi_eoh
private func endOfHeaders(_ context: OpaquePointer?) -> sfsistat {
    guard let context, let session = session(of: context) else { return SMFIS_ACCEPT }
    return status(session.endOfHeaders(queueID: macro("i", context)))
}

/// xxfi_body. An MTA that sent the last piece inside SMFIC_BODYEOB would wait for ever, since libmilter then calls
/// `xxfi_eom` only after SMFIS_CONTINUE; Postfix and Sendmail send that packet empty.
private func bodyPiece(
    _ context: OpaquePointer?, _ bytes: UnsafeMutablePointer<UInt8>?, _ count: Int
) -> sfsistat {
    guard let context, let session = session(of: context) else { return SMFIS_ACCEPT }
    session.body(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
    return session.agreement.answersNoBody ? SMFIS_NOREPLY : SMFIS_CONTINUE
}

/// xxfi_eom. "Accept" is SMFIS_CONTINUE here, which means the same to an MTA: after SMFIS_ACCEPT libmilter would not
/// understand QUIT_NC, and would take the next client for this one.
private func endOfMessage(_ context: OpaquePointer?) -> sfsistat {
    guard let context, let session = session(of: context) else { return SMFIS_CONTINUE }
    let start = ContinuousClock.now
    defer { session.service.metrics?.observeEndOfMessage(ContinuousClock.now - start) }
    switch session.endOfMessage(queueID: macro("i", context)) {
    case .accept: return SMFIS_CONTINUE
    case .tempfail: return SMFIS_TEMPFAIL
    case .change(let headers, let body):
        switch send(headers, body: body, to: MilterEditor(context: context), under: session.agreement) {
        case .complete:
            return SMFIS_CONTINUE
        case .untouched(let why):
            let accepts = session.service.onError == .accept
            session.service.metrics?.count(accepts ? .accepted : .tempfailed)
            session.log(.error, "\(why); " + (accepts ? "delivered as it came" : "refused for now"))
            return accepts ? SMFIS_CONTINUE : SMFIS_TEMPFAIL
        case .broken(let why):
            session.service.metrics?.count(.tempfailed)
            session.log(.error, "\(why), having taken other changes; refused for now")
            return SMFIS_TEMPFAIL
        }
    }
}

/// xxfi_abort
private func aborted(_ context: OpaquePointer?) -> sfsistat {
    if let context, let priv = smfi_getpriv(context) {
        Unmanaged<Session>.fromOpaque(priv).takeUnretainedValue().abort()
    }
    return SMFIS_CONTINUE
}

/// xxfi_close. Comes once for a connection, or twice after QUIT_NC, or without any other callback.
private func closed(_ context: OpaquePointer?) -> sfsistat {
    guard let context, let priv = smfi_getpriv(context) else { return SMFIS_CONTINUE }
    smfi_setpriv(context, nil)
    let session = Unmanaged<Session>.fromOpaque(priv).takeRetainedValue()
    session.service.remember(session.agreement, of: UInt(bitPattern: context))
    return SMFIS_CONTINUE
}

private func status(_ step: FilterStep) -> sfsistat {
    switch step {
    case .proceed: SMFIS_CONTINUE
    case .accept: SMFIS_ACCEPT
    case .tempfail: SMFIS_TEMPFAIL
    }
}
