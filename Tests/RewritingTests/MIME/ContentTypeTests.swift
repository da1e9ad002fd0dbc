import Testing

@testable import Rewriting

@Suite struct ContentTypeTests {
    @Test(arguments: [
        #"multipart/mixed; boundary=ab"#,
        #"multipart/mixed; boundary*0=a; boundary*1="b""#,
        #"multipart/mixed; BOUNDARY*1="b"; boundary*0=a; boundary*3=d"#,
        #"multipart/mixed; boundary*=us-ascii'en'a%62"#,
        #"multipart/mixed; boundary*0*=us-ascii''%61; boundary*1=b"#,
        #"multipart/mixed; boundary*0*=''a; boundary*1*=%62"#,
        #"multipart/mixed; boundary="ab ""#,
        #"multipart/mixed; boundary="ab"; boundary*0=c"#,
    ])
    func `a boundary is read in each of its spellings`(_ field: String) {
        let boundary = ContentType(Array(field.utf8)).boundary
        #expect(boundary.map { String(decoding: $0, as: UTF8.self) } == "ab")
    }

    @Test(arguments: [
        "multipart/mixed", #"multipart/mixed; boundary="""#, #"multipart/mixed; boundary=" ""#,
        "multipart/mixed; boundary*1=b", "multipart/mixed; boundary*x=b", "multipart/mixed; boundary*01=b",
    ])
    func `what is no boundary is none`(_ field: String) {
        #expect(ContentType(Array(field.utf8)).boundary == nil)
    }

    @Test func `percent signs in a section that is not extended mean nothing`() {
        let type = ContentType(Array("text/plain; name*0=a%62; name*1*=%63".utf8))
        #expect(type["name"].map { String(decoding: $0, as: UTF8.self) } == "a%62c")
    }

    @Test func `a hundred thousand sections take no time to speak of`() {
        let field = "text/plain" + (0..<100_000).reversed().map { "; name*\($0)=a" }.joined()
        let clock = ContinuousClock()
        let time = clock.measure { #expect(ContentType(Array(field.utf8))["name"]?.count == 100_000) }
        #expect(time < .seconds(20))
    }
}
