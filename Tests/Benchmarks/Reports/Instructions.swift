import Glibc

/// One shape of message, over and over, for a machine that counts instructions.
enum Instructions {
    /// `ENCODING-LINKS`, about 60 KB.
    static func run(shape: String, times: Int) {
        let parts = shape.split(separator: "-")
        guard let links = parts.last.flatMap({ Int($0) }),
            let encoding = Encoding(rawValue: parts.dropLast().joined(separator: "-"))
        else {
            print("no shape is called \(shape)")
            exit(64)
        }
        let message = Mails.shaped(size: 60_000, links: links, encoding)
        let job = Job()
        for _ in 0..<times { job.rewrite(message) }
        print(message.count)
    }
}
