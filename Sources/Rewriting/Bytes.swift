/// A borrowed run of bytes: a message's body, a decoded part.
typealias Bytes = UnsafeBufferPointer<UInt8>
