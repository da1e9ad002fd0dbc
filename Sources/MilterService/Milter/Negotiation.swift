import CMilter

/// What we and one MTA agreed on in `xxfi_negotiate`, for the life of a connection.
struct Agreement: Equatable, Sendable {
    /// What we may do to a message (`SMFIF_…`).
    var actions: UInt
    /// Which steps we are spared, and which of ours get no reply (`SMFIP_…`).
    var protocolSteps: UInt

    /// Whether header values come and go with their leading white space (SMFIP_HDR_LEADSPC).
    var keepsLeadingSpace: Bool { protocolSteps & UInt(SMFIP_HDR_LEADSPC) != 0 }
    /// Whether pieces of the body get no reply (SMFIP_NR_BODY).
    var answersNoBody: Bool { protocolSteps & UInt(SMFIP_NR_BODY) != 0 }
    /// Whether header fields may be added (SMFIF_ADDHDRS).
    var mayAddHeaders: Bool { actions & UInt(SMFIF_ADDHDRS) != 0 }
    /// Whether we may name the macros we want (SMFIF_SETSYMLIST).
    var choosesMacros: Bool { actions & UInt(SMFIF_SETSYMLIST) != 0 }

    /// Exactly what the filter needs, and no more.
    ///
    /// No reply to CONNECT, to header fields and to pieces of the body: nothing is decided there, and each reply is
    /// a round trip (four to five times the messages per second without them). MAIL and the end of the header are
    /// answered, since a message that is not ours is let go there. Hence SMFIP_SKIP is not asked for: a callback
    /// without reply can't skip.
    ///
    /// CONNECT is kept, though `{client_addr}` would do on most MTAs: the address there does not hang on a list of
    /// macros that an operator may shorten (`milter_connect_macros`).
    ///
    /// Over TCP the steps RCPT and DATA are kept, for their replies: Postfix sends each step's macros in a packet of
    /// their own, whatever was negotiated, and without a reply in between its next packet waits for our delayed
    /// acknowledgement (RFC 896 against RFC 1122 section 4.2.3.2): 50 ms a message instead of 4. Pieces of the body are
    /// answered there for the same reason: Sendmail sends each packet by itself, and the end of the message would wait
    /// for the acknowledgement of the last piece.
    static func wanted(mayAddHeaders: Bool, overTCP: Bool) -> Agreement {
        var actions = SMFIF_CHGBODY | SMFIF_CHGHDRS | SMFIF_SETSYMLIST
        if mayAddHeaders { actions |= SMFIF_ADDHDRS }
        var spared = SMFIP_NOHELO | SMFIP_NOUNKNOWN
        if !overTCP { spared |= SMFIP_NORCPT | SMFIP_NODATA }
        var withoutReply = SMFIP_NR_CONN | SMFIP_NR_HDR
        if !overTCP { withoutReply |= SMFIP_NR_BODY }
        return Agreement(
            actions: UInt(actions), protocolSteps: UInt(spared | withoutReply | SMFIP_HDR_LEADSPC))
    }
}

/// What came of an MTA's offer.
enum Negotiation: Equatable {
    /// We go on, perhaps without something; each thing missing is a sentence for the log.
    case agreed(Agreement, missing: [String])
    /// We can't work with this MTA; why.
    case refused(String)

    /// Decides on the offer of an MTA, `actions` and `protocolSteps` as `xxfi_negotiate` gets them.
    ///
    /// The `SMFIP_NR_…` bits are always on offer: where the MTA lacks one, libmilter sends the reply in our name.
    /// The callbacks therefore always return `SMFIS_NOREPLY` there.
    init(offeredActions actions: UInt, protocolSteps: UInt, wanted: Agreement) {
        let needed: [(Int, String)] = [
            (SMFIF_CHGBODY, "replacing the body (SMFIF_CHGBODY)"),
            (SMFIF_CHGHDRS, "changing header fields (SMFIF_CHGHDRS)"),
        ]
        for (flag, name) in needed where actions & UInt(flag) == 0 {
            self = .refused("the MTA does not allow \(name), and nothing can be done without")
            return
        }
        var missing: [String] = []
        if wanted.mayAddHeaders, actions & UInt(SMFIF_ADDHDRS) == 0 {
            missing.append("adding header fields (SMFIF_ADDHDRS): there will be no trace header")
        }
        if actions & UInt(SMFIF_SETSYMLIST) == 0 {
            missing.append(
                "choosing macros (SMFIF_SETSYMLIST): its own lists have to name i and {auth_authen}")
        }
        if protocolSteps & UInt(SMFIP_HDR_LEADSPC) == 0 {
            missing.append("leading white space in header fields (SMFIP_HDR_LEADSPC): one space is assumed")
        }
        // SMFIP_NODATA and SMFIP_NOUNKNOWN may be missing (before protocol version 3 and 4); libmilter then answers
        // those steps itself, there being no callback.
        self = .agreed(
            Agreement(
                actions: wanted.actions & actions, protocolSteps: wanted.protocolSteps & protocolSteps),
            missing: missing)
    }
}

/// The macros that are looked at (`smfi_setsymlist`). A list asked for replaces the MTA's own, so each stage names
/// all that is read there. Postfix knows `i` from DATA on, Sendmail from MAIL on; libmilter remembers it to the end of
/// the message. A list of no names (libmilter wants at least a space) spares a packet, which Sendmail over TCP would
/// not go on behind before it is acknowledged, 40 ms later.
let wantedMacros: [(stage: Int32, names: String)] = [
    (SMFIM_CONNECT, "{daemon_name} {client_addr}"),
    (SMFIM_ENVFROM, "i {auth_authen} {daemon_name} {client_addr}"),
    (SMFIM_ENVRCPT, " "),
    (SMFIM_EOH, "i"),
    (SMFIM_EOM, " "),
]
