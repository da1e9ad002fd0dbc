// swift-tools-version: 6.2
import PackageDescription

/// Settings that every Swift target shares. CI treats warnings as errors; a
/// newer compiler's new warning must not break an operator's build.
let swiftSettings: [SwiftSetting] =
    [
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
        .enableUpcomingFeature("ExistentialAny"),
        // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
        .enableUpcomingFeature("MemberImportVisibility"),
    ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])

/// For executables that serve: makes the functions of `Sources/MilterService/Libmilter` those that libmilter
/// calls, so that SIGHUP reloads instead of stopping, and a packet does not take five calls of the kernel. The
/// linker exports by itself only what a library asks for without a version.
let callsAreOurs: [LinkerSetting] = [
    .unsafeFlags(
        ["sigwait", "accept", "close", "poll", "read"].flatMap {
            ["-Xlinker", "--export-dynamic-symbol=" + $0]
        }, .when(platforms: [.linux]))
]

/// Makes the allocator of `Tests/Support/AllocationCounter` the one that every library calls.
let allocationsAreCounted: [LinkerSetting] = [
    .unsafeFlags(
        ["malloc", "calloc", "realloc", "aligned_alloc", "posix_memalign"].flatMap {
            ["-Xlinker", "--export-dynamic-symbol=" + $0]
        }, .when(platforms: [.linux]))
]

/// The built-in plugins: the name in `plugins.load`, and the target in `Plugins/`.
let builtInPlugins = [
    "click-tracking": "ClickTracking",
    "open-tracking": "OpenTracking",
    "forward-to-friend": "ForwardToFriend",
    "subscription": "Subscription",
    "hosted-content": "HostedContent",
]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(of name: String, _ more: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + more, exclude: exclude,
        swiftSettings: swiftSettings)
}

/// `make fuzz` alone builds the fuzz targets: they need a sanitizer's runtime at link time.
let fuzzTargets: [Target] =
    Context.environment["SIGNPOST_FUZZ"] == nil
    ? []
    : [
        .target(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "signpost-fuzz",
            dependencies: [
                "CFuzzer", "Rewriting", "Configuration", "Senders", "TrackingDomains", "DomainNames",
            ],
            path: "Tests/Fuzz/Signpost", swiftSettings: swiftSettings),
    ]

let package = Package(
    name: "signpost",
    products: [
        .executable(name: "signpost", targets: ["signpost"]),
        // For plugins in packages of their own.
        .library(name: "SignpostPlugin", targets: ["SignpostPlugin"]),
    ]
        + builtInPlugins.sorted { $0.key < $1.key }.map {
            .library(name: $0.key, type: .dynamic, targets: [$0.value])
        },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CMilter", pkgConfig: "milter", providers: [.apt(["libmilter-dev"])]),
        .systemLibrary(name: "CIDN2", pkgConfig: "libidn2", providers: [.apt(["libidn2-dev"])]),
        .systemLibrary(name: "CPSL", pkgConfig: "libpsl", providers: [.apt(["libpsl-dev"])]),
        .systemLibrary(name: "CGNU"),
        .target(name: "CVectors"),
        .systemLibrary(name: "CCares", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
        .systemLibrary(name: "CPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .target(name: "CSignpostPlugin"),
        room("SignpostPlugin", ["CSignpostPlugin"]),
        room("DomainNames", ["CIDN2", "CPSL"]),
        room("Rewriting", ["CGNU", "CVectors", "DomainNames"]),
        room("Configuration", ["CGNU", "DomainNames", .product(name: "Yams", package: "Yams")]),
        room("Senders", ["Configuration", "DomainNames"]),
        room("PostgreSQLSenders", ["CPQ", "Configuration", "Senders"]),
        room("TrackingDomains", ["CCares", "COpenSSL", "Configuration", "DomainNames", "Senders"]),
        room("PluginHost", ["CSignpostPlugin", "Configuration", "DomainNames"]),
        room("Metrics", []),
        room(
            "Filtering",
            [
                "CGNU", "Rewriting", "Configuration", "Senders", "PostgreSQLSenders", "PluginHost",
                "TrackingDomains", "DomainNames", "Metrics",
            ]),
        room("MTACheck", ["CGNU", "Configuration"]),
        room(
            "MilterService",
            ["CGNU", "CMicroHTTPD", "CMilter", "Configuration", "Filtering", "Rewriting", "Metrics"]),
        .executableTarget(
            name: "signpost",
            dependencies: [
                "MilterService", "MTACheck", "Metrics", "Filtering", "Configuration", "DomainNames",
                "Senders", "PostgreSQLSenders", "PluginHost", "Rewriting", "TrackingDomains",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings, linkerSettings: callsAreOurs),
        tests(of: "DomainNames"),
        tests(of: "Rewriting", ["CVectors"]),
        tests(of: "Configuration"),
        tests(of: "Senders", ["Configuration"]),
        tests(of: "PostgreSQLSenders", ["Configuration", "DomainNames", "Senders"]),
        tests(of: "MTACheck", ["Configuration"]),
        tests(of: "TrackingDomains", ["Configuration", "DomainNames", "Senders"]),
        tests(
            of: "PluginHost", ["Configuration", "DomainNames", "CSignpostPlugin", "SignpostPlugin"],
            exclude: ["Fixtures"]),
        tests(of: "Metrics"),
        tests(of: "Filtering", ["Rewriting", "Configuration", "Senders", "TrackingDomains", "Metrics"]),
        tests(
            of: "MilterService", ["CMilter", "Configuration", "Filtering", "Rewriting", "MilterTestServer"]),
        .executableTarget(
            name: "MilterTestServer",
            dependencies: ["MilterService", "Configuration", "Filtering", "Rewriting"],
            path: "Tests/Support/MilterTestServer", swiftSettings: swiftSettings, linkerSettings: callsAreOurs
        ),
        .target(name: "AllocationCounter", path: "Tests/Support/AllocationCounter"),
        .executableTarget(
            name: "Benchmarks", dependencies: ["AllocationCounter", "CGNU", "DomainNames", "Rewriting"],
            path: "Tests/Benchmarks", exclude: ["yardsticks.py", "instructions.py", "milter.py", "Milter"],
            swiftSettings: swiftSettings, linkerSettings: allocationsAreCounted),
    ]
        + fuzzTargets
        + builtInPlugins.sorted { $0.key < $1.key }.map {
            .target(
                name: $0.value, dependencies: ["SignpostPlugin"], path: "Plugins/" + $0.value,
                swiftSettings: swiftSettings)
        },
    swiftLanguageModes: [.v6]
)
