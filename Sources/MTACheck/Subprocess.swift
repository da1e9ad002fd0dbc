import Glibc

/// The standard output of a program that ends by itself.
///
/// - Throws: what it said on standard error, where it can't be run or ends with another status than 0.
func output(of program: String, _ arguments: [String]) throws(MTACheckError) -> String {
    let (status, text) = try run(program, arguments, keep: STDOUT_FILENO)
    if status == 0 { return text }
    // Reading two pipes at once takes more than asking twice.
    let complaint = try run(program, arguments, keep: STDERR_FILENO).text
    throw MTACheckError(
        complaint.split(separator: "\n").joined(separator: "; ").isEmpty
            ? "\(program) ended with status \(status)"
            : complaint.split(separator: "\n").joined(separator: "; "))
}

/// The lines that a program writes to standard error.
func complaints(of program: String, _ arguments: [String]) throws(MTACheckError) -> [String] {
    try run(program, arguments, keep: STDERR_FILENO).text.split(separator: "\n").map(String.init)
}

/// Runs a program with its standard output or error kept and the other thrown away.
private func run(
    _ program: String, _ arguments: [String], keep: Int32
) throws(MTACheckError) -> (status: Int32, text: String) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
        throw MTACheckError("\(program): cannot be run: \(String(cString: strerror(errno)))")
    }
    // Its own end the child has as the descriptor that is kept.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
        posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, ends[1], keep)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let problem = posix_spawn(&child, program, &actions, nil, &words, environ)
    close(ends[1])
    defer { close(ends[0]) }
    guard problem == 0 else {
        throw MTACheckError("\(program): cannot be run: \(String(cString: strerror(problem)))")
    }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while true {
        let count = read(ends[0], &chunk, chunk.count)
        if count > 0 { bytes += chunk[..<count] }
        if count == 0 || count < 0 && errno != EINTR { break }
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    return (status, String(decoding: bytes, as: UTF8.self))
}

/// The path of `program` in the folders where MTAs put theirs; nil where there is none.
func find(_ program: String, in folders: [String] = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin"])
    -> String?
{
    folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
}
