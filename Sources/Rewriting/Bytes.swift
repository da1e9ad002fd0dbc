/// Bytes that somebody else keeps alive for the length of the call.
typealias Bytes = UnsafeBufferPointer<UInt8>
