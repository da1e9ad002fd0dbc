import Glibc
import Synchronization

// libmilter asks the kernel five times for each packet: poll(2) whether there is one, poll(2) and read(2) for the five
// bytes that say what it is, poll(2) and read(2) for the rest. With fifteen header fields those are a hundred calls for
// a message, which were a fifth of all time. And it asks before each packet of its own whether the connection takes
// it, which were another tenth. libmilter has no option against it. These definitions in our executable
// come before the C library's for every library of the process. On the MTA's connections they read ahead and let the
// kernel wait where it has to, and everywhere else they are the C library's own.

/// Connections that libmilter takes from the listening socket `descriptor` are read ahead from now on.
func readAhead(onConnectionsOf descriptor: Int32) { listener.store(descriptor, ordering: .relaxed) }

/// accept(2)
@c(accept)
public func acceptReadingAhead(
    _ descriptor: Int32, _ address: UnsafeMutablePointer<sockaddr>?,
    _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 {
    let connection = theirs.accept(descriptor, address, length)
    if connection >= 0, descriptor == listener.load(ordering: .relaxed) { inputs.open(connection) }
    return connection
}

/// close(2)
@c(close)
public func closeReadingAhead(_ descriptor: Int32) -> Int32 {
    inputs.close(descriptor)
    return theirs.close(descriptor)
}

/// poll(2)
@c(poll)
public func pollReadingAhead(
    _ descriptors: UnsafeMutablePointer<pollfd>?, _ count: nfds_t, _ timeout: Int32
) -> Int32 {
    guard count == 1, let descriptors, let input = inputs[descriptors.pointee.fd] else {
        return theirs.poll(descriptors, count, timeout)
    }
    if Int32(descriptors.pointee.events) == POLLOUT {
        // What follows is a writev(2) that waits itself until all is taken, for no longer than `sendTime`.
        descriptors.pointee.revents = Int16(POLLOUT)
        return 1
    }
    if input.pointee.hasBytes() {
        descriptors.pointee.revents = Int16(POLLIN)
        return 1
    }
    return theirs.poll(descriptors, count, timeout == handOverTime ? stayTime : timeout)
}

/// read(2)
@c(read)
public func readReadingAhead(_ descriptor: Int32, _ target: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    if let input = inputs[descriptor] {
        let moved = input.pointee.move(to: UnsafeMutableRawBufferPointer(start: target, count: count))
        if moved > 0 { return moved }
    }
    return theirs.read(descriptor, target, count)
}

/// How many milliseconds libmilter's workers wait for a connection's next packet before they give it up, to be woken by
/// another thread when it comes. That is a few switches of threads for each reply to an MTA that is not as quick, so …
private let handOverTime: Int32 = 1
/// … this is how many they wait.
private let stayTime: Int32 = 20

/// How many seconds a write waits for an MTA that does not read: libmilter's default (smfi_settimeout).
private let sendTime = 7210

private let listener = Atomic<Int32>(-1)
private let inputs = Inputs()
private let theirs = CLibrary()

/// What was read ahead, by descriptor. Needs no lock: a place is written when its descriptor is new and before it is
/// given back, and libmilter passes a connection from thread to thread under a lock of its own.
private struct Inputs: @unchecked Sendable {
    /// Connections with higher descriptors are not read ahead.
    private static let capacity = 1 << 16
    private let places = calloc(capacity, MemoryLayout<UnsafeMutablePointer<ReadAhead>?>.stride)?
        .assumingMemoryBound(to: UnsafeMutablePointer<ReadAhead>?.self)

    subscript(_ descriptor: Int32) -> UnsafeMutablePointer<ReadAhead>? { place(of: descriptor)?.pointee }

    func open(_ descriptor: Int32) {
        guard let place = place(of: descriptor) else { return }
        let input = UnsafeMutablePointer<ReadAhead>.allocate(capacity: 1)
        input.initialize(to: ReadAhead(of: descriptor))
        place.pointee = input
        var patience = timeval(tv_sec: sendTime, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    func close(_ descriptor: Int32) {
        guard let place = place(of: descriptor), let input = place.pointee else { return }
        place.pointee = nil
        input.pointee.free()
        input.deallocate()
    }

    private func place(of descriptor: Int32) -> UnsafeMutablePointer<UnsafeMutablePointer<ReadAhead>?>? {
        (0..<Int32(Self.capacity)).contains(descriptor) ? places?.advanced(by: Int(descriptor)) : nil
    }
}

/// The C library's own functions.
private struct CLibrary: Sendable {
    let accept = next(
        "accept",
        as: (@convention(c) (
            Int32, UnsafeMutablePointer<sockaddr>?, UnsafeMutablePointer<socklen_t>?
        ) -> Int32).self)
    let close = next("close", as: (@convention(c) (Int32) -> Int32).self)
    let poll = next("poll", as: (@convention(c) (UnsafeMutablePointer<pollfd>?, nfds_t, Int32) -> Int32).self)
    let read = next("read", as: (@convention(c) (Int32, UnsafeMutableRawPointer?, Int) -> Int).self)

    /// The function that would be called if our executable defined none of that name (RTLD_NEXT, dlsym(3)).
    private static func next<Function>(_ name: String, as type: Function.Type) -> Function {
        unsafeBitCast(dlsym(UnsafeMutableRawPointer(bitPattern: -1), name), to: type)
    }
}
