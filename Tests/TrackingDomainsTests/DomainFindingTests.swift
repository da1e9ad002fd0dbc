import Configuration
import Testing

@testable import TrackingDomains

@Test func aQuestionWithHTTPSIsAnotherQuestion() throws {
    let domain = try TrackingDomain(parsing: "click.acme.example")
    let plain = DomainQuestion(domain: domain, needsHTTPS: false)
    #expect(plain != DomainQuestion(domain: domain, needsHTTPS: true))
}
