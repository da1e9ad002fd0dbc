import Testing

@testable import Senders

@Suite struct KeyTableTests {
    /// Hashes that are all alike, alike where they choose the slot, alike in the mark, and spread.
    @Test(
        arguments: [{ _ in -1 }, { $0 << 32 }, { $0 & 3 }, { $0 &* 0x1E37_79B9_7F4A_7C15 }]
            as [@Sendable (Int) -> Int])
    func `every key is found, and no other, however hashes collide`(hash: @Sendable (Int) -> Int) {
        for count in [0, 1, 2, 3, 100] {
            var table = KeyTable(capacity: count)
            func slot(of key: Int) -> Int? { table.find(hash(key)) { $0.item == Int32(key) } }
            for key in 0..<count {
                #expect(slot(of: key) == nil)
                table.insert(KeyTable.Place(file: Int32(key) * 2, item: Int32(key)), hash(key))
            }
            for key in 0..<count {
                #expect(slot(of: key).map { table[$0].file } == Int32(key) * 2)
            }
            for key in count..<count + 100 { #expect(slot(of: key) == nil) }
        }
    }

    @Test func `a place changes, and its key stays`() throws {
        var table = KeyTable(capacity: 1)
        table.insert(KeyTable.Place(file: 1, item: 0), 7)
        let slot = try #require(table.find(7) { $0.item == 0 })
        table[slot].file = ~1
        #expect(table.find(7) { $0.file == ~1 } == slot)
    }
}
