import Foundation
import Glibc
import Testing

@testable import Filtering

/// What others on the machine see of mail that is kept in files.
@Suite struct SecretsTests {
    @Test func `what is too large for memory has no name, and nobody else may read it`() throws {
        let file = try UnlinkedFile()
        let mail = UnsafeMutableRawBufferPointer.allocate(byteCount: 12_345, alignment: 1)
        defer { mail.deallocate() }
        try file.append(UnsafeRawBufferPointer(mail))
        var found = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
            var status = stat()
            guard let number = Int32(name), fstat(number, &status) == 0, status.st_size == mail.count,
                let path = try? FileManager.default.destinationOfSymbolicLink(
                    atPath: "/proc/self/fd/" + name),
                path.hasPrefix(UnlinkedFile.folder)
            else { continue }
            found += 1
            #expect(status.st_nlink == 0 && status.st_mode & 0o777 == 0o600)
            #expect(path.hasSuffix("(deleted)"))
        }
        #expect(found == 1)
    }
}
