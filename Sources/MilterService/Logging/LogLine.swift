/// The text of a log line made safe to write: one line, whatever a sender put into an address.
///
/// Control characters (C0, DEL, C1) and the line separators of Unicode become `\xNN` or `\u{NNNN}`.
/// All else stays as it is, so that addresses can be grepped.
public func visibleLogLine(_ line: String) -> String {
    if line.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return line }
    var visible = ""
    for scalar in line.unicodeScalars {
        if isInvisible(scalar) {
            let hex = String(scalar.value, radix: 16, uppercase: true)
            visible += scalar.value < 0x100 ? "\\x" + (hex.count < 2 ? "0" + hex : hex) : "\\u{\(hex)}"
        } else {
            visible.unicodeScalars.append(scalar)
        }
    }
    return visible
}

private func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0x2028
        || scalar.value == 0x2029
}
