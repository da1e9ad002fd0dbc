/// A place in a configuration file. Lines and columns count from 1, columns in characters.
public struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
    /// The file as it was named to us.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int

    /// A place in `file`.
    public init(file: String, line: Int = 1, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, the form that editors understand.
    public var description: String { "\(file):\(line):\(column)" }
}
