import Glibc

/// Measures the byte engine on messages that it makes itself, beside what the machine and others do with them.
///
///     Benchmarks                    everything
///     Benchmarks NAME …             these alone: mixtures, shapes, allocations, sizes, hostile
///     Benchmarks dump FOLDER        writes the mixtures' messages as files, for yardsticks.py
///     Benchmarks mixtures --python FILE   compares with what yardsticks.py has measured
///     Benchmarks repeat SHAPE N     one message N times, for callgrind (instructions.py)
@main
enum Benchmarks {
    static func main() {
        var arguments = Array(CommandLine.arguments.dropFirst())
        var python: PythonResults?
        if let option = arguments.firstIndex(of: "--python"), option + 1 < arguments.count {
            python = PythonResults(path: arguments[option + 1])
            arguments.removeSubrange(option...option + 1)
        }
        switch arguments.first {
        case "dump" where arguments.count == 2:
            Dump.write(to: arguments[1])
        case "repeat" where arguments.count == 3:
            Instructions.run(shape: arguments[1], times: Int(arguments[2]) ?? 1)
        default:
            let names =
                arguments.isEmpty ? ["mixtures", "shapes", "allocations", "sizes", "hostile"] : arguments
            for name in names { run(name, python) }
        }
    }

    private static func run(_ name: String, _ python: PythonResults?) {
        switch name {
        case "mixtures": Mixtures.measure(python)
        case "shapes": Shapes.measure()
        case "allocations": Allocations.measure()
        case "sizes": Sizes.measure()
        case "hostile": HostileInput.measure()
        default: print("no benchmark is called \(name)")
        }
    }
}
