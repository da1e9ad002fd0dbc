import FoundationEssentials
import Glibc

/// What is wrong with a file, in a sentence without its path.
struct FileProblem: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }

    /// `what` went wrong, and errno says why.
    fileprivate init(errno what: String) { self.init("\(what): \(String(cString: strerror(errno)))") }
}

/// A file that is read and replaced whole.
struct AtomicFile {
    let path: String

    private var folder: String {
        let end = path.lastIndex(of: "/")
        return end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// The content; nil where there is no file.
    func read() throws(FileProblem) -> Data? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileProblem(errno: "cannot be opened")
        }
        defer { close(descriptor) }
        var content = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return content }
            if count > 0 {
                content.append(contentsOf: chunk[..<count])
            } else if errno != EINTR {
                throw FileProblem(errno: "cannot be read")
            }
        }
    }

    /// Replaces the file: a new one beside it, brought to the disk, takes its name.
    func write(_ content: Data) throws(FileProblem) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw FileProblem(errno: "\(temporary) cannot be created") }
        do throws(FileProblem) {
            defer { close(descriptor) }
            try write(content, to: descriptor)
            guard fsync(descriptor) == 0 else { throw FileProblem(errno: "\(temporary) cannot be written") }
        } catch {
            unlink(temporary)
            throw error
        }
        try AtomicFile(path: temporary).rename(to: path)
        // The name is on the disk once its folder is.
        let folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// Gives the file another name; what had it is gone.
    func rename(to other: String) throws(FileProblem) {
        guard Glibc.rename(path, other) == 0 else {
            throw FileProblem(errno: "cannot be renamed to \(other)")
        }
    }

    private func write(_ content: Data, to descriptor: Int32) throws(FileProblem) {
        let bytes = [UInt8](content)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(
                    descriptor, UnsafeRawBufferPointer(rebasing: $0[written...]).baseAddress,
                    $0.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw FileProblem(errno: "cannot be written")
            }
        }
    }
}
