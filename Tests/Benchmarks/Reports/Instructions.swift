import Glibc

/// One shape of message, over and over, for a machine that counts instructions.
enum Instructions {
    /// `ENCODING-LINKS`, about 60 KB, or one of the mixtures.
    static func run(shape: String, times: Int) {
        let parts = shape.split(separator: "-")
        guard let links = parts.last.flatMap({ Int($0) }),
            let encoding = Encoding(rawValue: parts.dropLast().joined(separator: "-"))
        else {
            guard let mixture = Mixtures.entries.first(where: { $0.name == shape }) else {
                print("no shape is called \(shape)")
                exit(64)
            }
            let job = Job()
            for _ in 0..<times { for message in mixture.messages { job.rewrite(message) } }
            print(Int(mixture.messages.size))
            return
        }
        let message = Mails.shaped(size: 60_000, links: links, encoding)
        let job = Job()
        for _ in 0..<times { job.rewrite(message) }
        print(message.count)
    }
}
