/// Why a message is delivered as it came.
public enum UnchangedReason: String, Sendable, CaseIterable {
    /// It is not outbound mail.
    case notOurs = "not_ours"
    /// No sender is found for it.
    case noSender = "no_sender"
    /// The sender's settings for the plugins are broken.
    case brokenSender = "broken_sender"
    /// It asks for the default domain itself.
    case defaultDomainChosen = "default_domain_chosen"
    /// None of the sender's domains is verified.
    case domainNotVerified = "domain_not_verified"
    /// It carries a signature already.
    case signed
    /// It is over `max_message_size`, or its header is over the limit for headers.
    case tooLarge = "too_large"
    /// It could not be kept or read while it was worked on; `on_error` decides on it.
    case error
    /// Nothing in it had to move.
    case noLinks = "no_links"
}

/// Where in a message a link stands, in a few classes.
public enum PlaceClass: String, Sendable, CaseIterable {
    /// `a[href]` and `area[href]`.
    case anchor
    /// What a reader's program loads by itself to show it.
    case image
    /// `<style>` and `style` attributes.
    case style
    /// Visible text, of HTML or plain.
    case text
    /// A header field.
    case header
    /// JSON-LD.
    case script
    /// Any other attribute.
    case other

    /// The class of a place as the account of links names it (`a[href]`, `text`, …).
    public init(place: String) {
        // Asked for every link: the commonest first.
        if place == "a[href]" {
            self = .anchor
        } else if place == "img[src]" {
            self = .image
        } else {
            self = Self.known[place] ?? (place.hasSuffix("[style]") ? .style : .other)
        }
    }

    private static let known: [String: PlaceClass] = [
        "area[href]": .anchor, "text": .text, "header": .header, "style": .style, "script": .script,
        "td[style]": .style, "img[srcset]": .image, "source[srcset]": .image, "input[src]": .image,
        "body[background]": .image, "table[background]": .image, "tr[background]": .image,
        "td[background]": .image, "th[background]": .image, "video[poster]": .image, "v:fill[src]": .image,
        "v:image[src]": .image, "v:imagedata[src]": .image,
    ]
}

/// What came of reading the files again.
public enum ReloadResult: String, Sendable, CaseIterable {
    /// All is in order.
    case ok
    /// They are in use, but for sender files with mistakes.
    case partial
    /// Everything stayed as it was.
    case failed
}

/// What became of a message whose changes the MTA did not take.
public enum SendFailure: String, Sendable, CaseIterable {
    /// It was delivered as it came.
    case accepted
    /// The MTA will try it again.
    case tempfailed
}
