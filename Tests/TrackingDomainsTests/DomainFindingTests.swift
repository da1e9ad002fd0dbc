import Configuration
import Senders
import Testing

@testable import TrackingDomains

@Test func aQuestionWithHTTPSIsAnotherQuestion() throws {
    let domain = try TrackingDomain(parsing: "click.acme.example")
    let plain = DomainQuestion(domain: domain, needsHTTPS: false)
    #expect(plain != DomainQuestion(domain: domain, needsHTTPS: true))
}

@Test func aSendersQuestionsAreThoseOfItsLinks() throws {
    func domain(_ text: String) throws -> TrackingDomain { try TrackingDomain(parsing: text) }
    let place = SourcePosition(file: "acme.yaml")
    var pixels = Sender.PluginSettings(position: place)
    pixels.trackingDomain = try domain("img.acme.example:8443")
    pixels.scheme = .https
    var secure = Sender.PluginSettings(position: place)
    secure.scheme = .https
    let sender = Sender(
        id: "acme", file: "acme.yaml", addresses: [], trackingDomain: try domain("click.acme.example"),
        trackingDomainPosition: place, otherTrackingDomains: [try domain("go.acme.example")],
        plugins: [
            "open-tracking": .settings(pixels), "subscription": .settings(secure), "forward-to-friend": .off,
            "click-tracking": .settings(Sender.PluginSettings(position: place)),
        ])
    #expect(
        DomainQuestion.all(of: sender).map { "\($0.domain) \($0.needsHTTPS)" } == [
            "click.acme.example false", "click.acme.example true", "go.acme.example false",
            "go.acme.example true", "img.acme.example:8443 true",
        ])
}
