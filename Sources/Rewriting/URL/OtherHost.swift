extension URLComponents {
    /// The host of `answer`, where it is `url`, a valid one with these components, on another host that is spelled as it
    /// is serialised: it need not be parsed then. Nil where more is different, or nothing.
    ///
    /// - Parameter known: a host that is known to be spelled so.
    func otherHost(of url: [UInt8], in answer: [UInt8], known: [UInt8]) -> ByteRange? {
        let old = host
        let new = ByteRange(old.start, old.end + answer.count - url.count)
        guard !new.isEmpty else { return nil }
        return url.withUnsafeBufferPointer { url in
            answer.withUnsafeBufferPointer { answer in
                let isOther =
                    url.equals(ByteRange(0, old.start), answer, ByteRange(0, new.start))
                    && url.equals(ByteRange(old.end, url.count), answer, ByteRange(new.end, answer.count))
                    && !url.equals(old, answer, new)
                guard isOther else { return nil }
                let isKnown = known.withUnsafeBufferPointer { answer.equals(new, $0, ByteRange(0, $0.count)) }
                return isKnown || answer[new.start..<new.end].allSatisfy(HostParser.isCanonical) ? new : nil
            }
        }
    }
}
