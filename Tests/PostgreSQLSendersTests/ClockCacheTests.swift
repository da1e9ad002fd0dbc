import Testing

@testable import PostgreSQLSenders

struct ClockCacheTests {
    @Test func holdsNoMoreThanItMay() {
        var cache = ClockCache<Int, Int>(capacity: 3)
        for key in 0..<100 { cache.insert(key * 10, for: key) }
        #expect(cache.count == 3)
        #expect((0..<100).compactMap { cache.find($0) } == [970, 980, 990])
    }

    @Test func keepsWhatIsUsed() {
        var cache = ClockCache<String, Int>(capacity: 10)
        cache.insert(1, for: "domain")
        for key in 0..<1000 {
            #expect(cache.find("domain") == 1)
            cache.insert(key, for: "bounce+\(key)")
        }
        #expect(cache.count == 10)
    }

    @Test func replacesInPlace() {
        var cache = ClockCache<String, Int>(capacity: 1)
        cache.insert(1, for: "a")
        cache.insert(2, for: "a")
        #expect(cache.find("a") == 2 && cache.count == 1)
    }
}
