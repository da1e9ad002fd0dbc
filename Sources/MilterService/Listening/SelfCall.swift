import Glibc

extension ListeningSocket {
    /// Whether an MTA that connects now is answered: calls as one would, and agrees on the protocol (SMFIC_OPTNEG).
    /// That takes libmilter's listener, a thread of its pool, and our callbacks. Not to be called after ``retire()``.
    ///
    /// - Returns: nil where there is no descriptor or memory to ask with, which proves nothing.
    func answersACall(within patience: Duration) -> Bool? {
        var address = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutableBytes(of: &address) { bytes -> Bool? in
            guard let base = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return nil }
            guard getsockname(descriptor, base, &length) == 0 else { return false }
            let caller = socket(
                Int32(base.pointee.sa_family), Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            guard caller >= 0 else { return nil }
            defer { close(caller) }
            setPatience(patience, of: caller)
            // On Linux a call to the unspecified address is one to this machine.
            guard connect(caller, base, length) == 0 else { return false }
            sendAll(offer, to: caller)
            var answer = [UInt8](repeating: 0, count: 5)
            guard recv(caller, &answer, answer.count, Int32(MSG_WAITALL)) == answer.count,
                answer[4] == UInt8(ascii: "O")
            else { return false }
            sendAll(quit, to: caller)
            return true
        }
    }
}

/// SMFIC_OPTNEG of an MTA that offers all there is: its length, version 6, every action, every step.
private let offer: [UInt8] = [0, 0, 0, 13, UInt8(ascii: "O"), 0, 0, 0, 6, 0, 0, 1, 0xFF, 0, 0x1F, 0xFF, 0xFF]
/// SMFIC_QUIT
private let quit: [UInt8] = [0, 0, 0, 1, UInt8(ascii: "Q")]

private func setPatience(_ patience: Duration, of descriptor: Int32) {
    let (seconds, attoseconds) = patience.components
    // No time at all would be time without end (socket(7)).
    var time = timeval(tv_sec: Int(seconds), tv_usec: max(Int(attoseconds / 1_000_000_000_000), 1))
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}
