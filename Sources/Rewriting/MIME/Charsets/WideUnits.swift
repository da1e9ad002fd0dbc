/// UTF-16 and UTF-32: one byte of the view per code unit. What is left over at the end is not part of it.
enum WideUnits {
    static func narrowed(_ decoded: Bytes, unit: Int, order: Charset.ByteOrder) -> [UInt8] {
        let count = decoded.count / unit
        return [UInt8](unsafeUninitializedCapacity: count) { view, initialized in
            var position = 0
            for index in 0..<count {
                let low = order == .little ? position : position &+ unit &- 1
                var others: UInt8 = 0
                for offset in 0..<unit where position &+ offset != low {
                    others |= decoded[position &+ offset]
                }
                view[index] = others == 0 && decoded[low] < 0x80 ? decoded[low] : 0xFF
                position &+= unit
            }
            initialized = count
        }
    }

    static func widened(_ ascii: [UInt8], unit: Int, order: Charset.ByteOrder) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: ascii.count * unit)
        for (index, byte) in ascii.enumerated() {
            result[index * unit + (order == .little ? 0 : unit - 1)] = byte
        }
        return result
    }

    static func iconvName(unit: Int, order: Charset.ByteOrder) -> String {
        (unit == 2 ? "UTF-16" : "UTF-32") + (order == .little ? "LE" : "BE")
    }
}
