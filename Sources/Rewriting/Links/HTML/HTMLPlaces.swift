/// What an attribute's value is, as far as links go.
enum HTMLAttributeKind {
    /// One URL.
    case url
    /// Image candidates.
    case srcset
    /// Declarations.
    case style
    /// `content` of `<meta http-equiv=refresh>`; the element decides.
    case metaContent
    /// Nothing that we follow.
    case other
}

/// The contract's table of places.
enum HTMLPlaces {
    /// What `attribute` of `element` holds.
    static func kind(
        _ view: Bytes, element: ByteRange, attribute: ByteRange, namespace: HTMLNamespace, isAMP: Bool
    ) -> HTMLAttributeKind {
        switch attribute.count {
        case 3:
            return view.equals("src", in: attribute) ? .url : .other
        case 4:
            if view.equals("href", in: attribute) {
                return carriesHref(view, element, namespace) ? .url : .other
            }
            if view.equals("cite", in: attribute) { return .url }
            return view.equals("data", in: attribute) && view.equals("object", in: element) ? .url : .other
        case 5:
            return view.equals("style", in: attribute) ? .style : .other
        case 6:
            if view.equals("srcset", in: attribute) { return .srcset }
            return view.equals("action", in: attribute) || view.equals("poster", in: attribute)
                ? .url : .other
        case 7:
            return view.equals("content", in: attribute) && view.equals("meta", in: element)
                ? .metaContent : .other
        case 8:
            return view.equals("longdesc", in: attribute) ? .url : .other
        case 10:
            if view.equals("xlink:href", in: attribute) || view.equals("background", in: attribute)
                || view.equals("formaction", in: attribute)
            {
                return .url
            }
            return isAMP && view.equals("action-xhr", in: attribute) ? .url : .other
        case 11:
            return view.equals("imagesrcset", in: attribute) ? .srcset : .other
        default:
            return .other
        }
    }

    /// `href` on `a`, `area`, `link`, `base`, on VML elements (`v:rect`), in SVG and MathML.
    private static func carriesHref(_ view: Bytes, _ element: ByteRange, _ namespace: HTMLNamespace) -> Bool {
        if namespace != .html { return true }
        switch element.count {
        case 1: return view.equals("a", in: element)
        case 4:
            if view.equals("area", in: element) || view.equals("link", in: element)
                || view.equals("base", in: element)
            {
                return true
            }
        default: break
        }
        return view.firstIndex(of: UInt8(ascii: ":"), from: element.start, to: element.end) != nil
    }
}
