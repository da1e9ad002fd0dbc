/// A value as an error message or a log line shows it: in double quotes, on one line, of bounded length.
public func quoted(_ text: String) -> String {
    "\"" + printable(text) + "\""
}

/// `text` on one line and of bounded length, with everything escaped that could break or forge a line:
/// controls, line and paragraph separators, and the marks that turn the direction of writing.
public func printable(_ text: String, limit: Int = 320) -> String {
    var result = ""
    var count = 0
    for scalar in text.unicodeScalars {
        if count == limit { return result + "…" }
        count += 1
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned:
            result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
        default:
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
