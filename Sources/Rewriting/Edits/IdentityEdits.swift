/// Edits of a part that is not encoded: the new bytes stand where the old ones stood. Only the length of lines
/// needs care (RFC 5322 section 2.1.1): where one would grow past 998 octets, white space that its language does
/// not tell from a line break becomes one; where there is none, links stay.
struct IdentityEdits {
    let raw: Bytes
    let edits: [ContentEdit]

    static let lineLimit = 998

    func encode(breakOpportunities: (ByteRange) -> [Int]) -> EncodedEdits {
        let blocks = LineBlock.blocks(of: edits.map(\.range), in: raw)
        var refused: Set<Int> = []
        var breaks: [Int: [Int]] = [:]
        var neighbours: [Int: [Int]]?
        // Refusing a link may lengthen another line, where its edit made it shorter: those are fitted again.
        var pending = blocks.indices.filter { mayGrowTooLong(blocks[$0]) }
        if pending.isEmpty {
            return EncodedEdits(edits: edits.map { Edit($0.range, $0.replacement) }, refusedLinks: [])
        }
        while let index = pending.popLast() {
            let fit = fit(blocks[index], refused, breakOpportunities)
            breaks[index] = fit.breaks
            guard !fit.refused.isEmpty else { continue }
            refused.formUnion(fit.refused)
            let byLink = neighbours ?? blocksByLink(blocks)
            neighbours = byLink
            for link in fit.refused { pending += (byLink[link] ?? []).filter { $0 != index } }
        }
        var result = EncodedEdits(edits: [], refusedLinks: refused)
        result.edits.reserveCapacity(edits.count)
        for (index, block) in blocks.enumerated() {
            let kept = block.edits.lazy.filter { !refused.contains(edits[$0].link) }
                .map { Edit(edits[$0].range, edits[$0].replacement) }
            let places = breaks[index] ?? []
            if places.isEmpty {
                result.edits += kept
            } else {
                let lineEnd = lineEnd(of: block)
                let broken = places.map { Edit(ByteRange($0, $0 + 1), lineEnd) }
                result.edits += (kept + broken)
                    .sorted { ($0.range.start, $0.range.end) < ($1.range.start, $1.range.end) }
            }
        }
        return result
    }

    /// A quick look that spares most lines the rest.
    private func mayGrowTooLong(_ block: LineBlock) -> Bool {
        let grown = block.edits.reduce(block.lines.count) { $0 + edits[$1].replacement.count }
        return grown > Self.lineLimit
    }

    private func blocksByLink(_ blocks: [LineBlock]) -> [Int: [Int]] {
        var result: [Int: [Int]] = [:]
        for (index, block) in blocks.enumerated() {
            for edit in block.edits where result[edits[edit].link]?.last != index {
                result[edits[edit].link, default: []].append(index)
            }
        }
        return result
    }

    private func lineEnd(of block: LineBlock) -> [UInt8] {
        PhysicalLines.lineEnd(ofLineEnding: block.lines.end, startingAt: block.lines.start, in: raw).bytes
    }

    /// As many edits of a block as fit, counted from its start, with the line breaks they need.
    private func fit(
        _ block: LineBlock, _ refused: Set<Int>, _ breakOpportunities: (ByteRange) -> [Int]
    ) -> (breaks: [Int], refused: Set<Int>) {
        let candidates = block.edits.filter { !refused.contains(edits[$0].link) }
        let longest = PhysicalLines.longest(in: block.lines, of: raw)
        guard longest <= Self.lineLimit else { return ([], []) }
        var opportunities: [Int]?
        func breaks(keeping count: Int) -> [Int]? {
            let dropped = Set(candidates[count...].map { edits[$0].link })
            let kept = candidates[..<count].filter { !dropped.contains(edits[$0].link) }.map { edits[$0] }
            var result: [Int] = []
            for line in LineBlock.blocks(of: kept.map(\.range), in: raw) {
                let layout = IdentityLayout(raw: raw, lines: line.lines, edits: kept[line.edits])
                if layout.length <= Self.lineLimit { continue }
                let places =
                    opportunities
                    ?? breakOpportunities(
                        ByteRange(block.lines.start, PhysicalLines.endOfText(of: block.lines, in: raw)))
                opportunities = places
                guard let found = layout.breaks(at: places, limit: Self.lineLimit) else { return nil }
                result += found
            }
            return result
        }
        if let all = breaks(keeping: candidates.count) { return (all, []) }
        // Bisection: none at all always fit.
        var fitting = (count: 0, breaks: [Int]())
        var tooMany = candidates.count
        while tooMany - fitting.count > 1 {
            let middle = (fitting.count + tooMany) / 2
            if let found = breaks(keeping: middle) { fitting = (middle, found) } else { tooMany = middle }
        }
        return (fitting.breaks, Set(candidates[fitting.count...].map { edits[$0].link }))
    }
}

/// One line as it becomes: the raw lines that its edits join, and the edits.
struct IdentityLayout {
    let raw: Bytes
    let lines: ByteRange
    let edits: ArraySlice<ContentEdit>

    /// Its new length, the line's end not counted.
    var length: Int {
        edits.reduce(PhysicalLines.endOfText(of: lines, in: raw) - lines.start) {
            $0 + $1.replacement.count - $1.range.count
        }
    }

    /// Which of `opportunities` become line breaks, so that no piece is longer than `limit`; nil if those do not
    /// suffice. The fewest that will do, save that a piece should not start with what means something to software
    /// along the way.
    func breaks(at opportunities: [Int], limit: Int) -> [Int]? {
        let places = placed(opportunities)
        let end = length
        for candidates in [places.filter(\.isGood), places] {
            var chosen: [Int] = []
            var start = 0
            var index = 0
            while end - start > limit {
                var best: Place?
                while index < candidates.count, candidates[index].position - start <= limit {
                    best = candidates[index]
                    index += 1
                }
                guard let best, best.position >= start else { break }
                chosen.append(best.raw)
                start = best.position + 1
            }
            if end - start <= limit { return chosen }
        }
        return nil
    }

    private struct Place {
        var raw: Int
        /// Where it comes to stand in the new line.
        var position: Int
        var isGood: Bool
    }

    /// The opportunities on this line that no edit removes.
    private func placed(_ opportunities: [Int]) -> [Place] {
        var places: [Place] = []
        var next = edits.startIndex
        var shift = -lines.start
        var last = -1
        for place in opportunities where place > last && place >= lines.start && place < lines.end {
            last = place
            while next < edits.endIndex, edits[next].range.end <= place {
                shift += edits[next].replacement.count - edits[next].range.count
                next += 1
            }
            if next < edits.endIndex, edits[next].range.start <= place { continue }
            guard raw[place] == 0x20 || raw[place] == 0x09 else { continue }
            let rest = Bytes(rebasing: raw[place + 1..<lines.end])
            // It might be a boundary.
            if rest.starts(with: "--".utf8) { continue }
            let isGood = rest.first != UInt8(ascii: ".") && !rest.starts(with: "From ".utf8)
            places.append(Place(raw: place, position: place + shift, isGood: isGood))
        }
        return places
    }
}
