/// What has to change in a URL's text to make it another URL: the least, component by component, so that
/// the spelling of everything else stays the author's.
struct URLDifference {
    /// Ranges of the old URL's text, ascending, and what stands there instead.
    var changes: [(range: ByteRange, replacement: [UInt8])] = []
    /// The old text with the changes made.
    var result: [UInt8]

    init(from old: borrowing WebURL, to new: borrowing WebURL) {
        result = []
        addScheme(old, new)
        addIfDifferent(old, old.components.host, new, new.components.host)
        // The port with its colon: what stands between host and path.
        addIfDifferent(
            old, ByteRange(old.components.host.end, old.components.rest.start),
            new, ByteRange(new.components.host.end, new.components.rest.start))
        addRest(old, new)

        result.reserveCapacity(old.text.count + changes.reduce(0) { $0 + $1.replacement.count })
        var position = 0
        for change in changes {
            result += old.text[position..<change.range.start]
            result += change.replacement
            position = change.range.end
        }
        result += old.text[position...]
    }

    private mutating func addScheme(_ old: borrowing WebURL, _ new: borrowing WebURL) {
        let before = old.components.scheme
        let after = new.components.scheme
        if after.isEmpty { return }  // a scheme-relative answer leaves the scheme to the link
        if before.isEmpty {
            changes.append((ByteRange(0, 0), Array(new.text[..<after.end]) + [UInt8(ascii: ":")]))
        } else if before.count < after.count {
            changes.append((ByteRange(before.end, before.end), [UInt8(ascii: "s")]))
        } else if before.count > after.count {
            changes.append((ByteRange(before.end - 1, before.end), []))
        }
    }

    private mutating func addIfDifferent(
        _ old: borrowing WebURL, _ before: ByteRange, _ new: borrowing WebURL, _ after: ByteRange
    ) {
        if !old.text[before.start..<before.end].elementsEqual(new.text[after.start..<after.end]) {
            changes.append((before, Array(new.text[after.start..<after.end])))
        }
    }

    private mutating func addRest(_ old: borrowing WebURL, _ new: borrowing WebURL) {
        var before = old.components.rest
        var after = new.components.rest
        old.text.withUnsafeBufferPointer { old in
            new.text.withUnsafeBufferPointer { new in
                while !before.isEmpty, !after.isEmpty, old[before.start] == new[after.start] {
                    before.start += 1
                    after.start += 1
                }
                while !before.isEmpty, !after.isEmpty, old[before.end - 1] == new[after.end - 1] {
                    before.end -= 1
                    after.end -= 1
                }
            }
        }
        if !before.isEmpty || !after.isEmpty {
            changes.append((before, Array(new.text[after.start..<after.end])))
        }
    }
}
