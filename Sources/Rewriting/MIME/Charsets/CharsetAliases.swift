extension Charset {
    /// The labels of the WHATWG Encoding Standard (section 4.2) for everything that is not a plain ASCII superset,
    /// what mail software writes besides, and the supersets that iconv knows by another name.
    static let aliases: [(Family, iconvName: String, labels: String)] = [
        (
            .superset, "UTF-8",
            "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 cp65001 us-ascii ascii"
                + " ansi_x3.4-1968 iso646-us iso-ir-6 default unknown unknown-8bit"
        ),
        // Browsers read these two as the Windows sets that people mean by them.
        (
            .superset, "WINDOWS-1252",
            "windows-1252 cp1252 x-cp1252 iso-8859-1 iso8859-1 iso_8859-1 iso88591 iso-ir-100 latin1 latin-1 l1 cp819 ansi"
        ),
        (.superset, "WINDOWS-1254", "windows-1254 cp1254 iso-8859-9 iso8859-9 iso_8859-9 latin5 l5"),
        (.superset, "TIS-620", "tis-620 iso-8859-11 iso8859-11"),
        (.superset, "CP874", "windows-874 dos-874 x-cp874"),
        (
            .shiftJIS, "CP932",
            "shift_jis shift-jis shiftjis sjis x-sjis csshiftjis ms_kanji ms-kanji cswindows31j windows-31j"
                + " windows-932 cp932 ms932 x-ms-cp932 ibm-943 cp943"
        ),
        (.shiftJIS, "SHIFT_JISX0213", "shift_jisx0213 shift_jis-2004 shift_jis_2004"),
        (
            .gb18030, "GB18030",
            "gb18030 gb-18030 gbk x-gbk cp936 ms936 windows-936 gb2312 gb_2312 gb-2312 gb_2312-80 gb2312-80 chinese"
                + " csgb2312 csiso58gb231280 iso-ir-58 cn-gb euc-cn euccn x-euc-cn"
        ),
        (
            .big5, "BIG5-HKSCS",
            "big5 big-5 big5-hkscs big5hkscs cn-big5 csbig5 x-x-big5 x-big5 cp950 ms950 windows-950 big5-eten"
        ),
        (
            .uhc, "UHC",
            "euc-kr euckr cseuckr korean ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ksc5601 ksc_5601 ksc-5601 iso-ir-149"
                + " csksc56011987 windows-949 cp949 ms949 x-windows-949 uhc"
        ),
        (.johab, "JOHAB", "johab x-johab cp1361 ms1361 windows-1361"),
        (.iso2022JP, "ISO-2022-JP", "iso-2022-jp csiso2022jp iso2022jp iso2022-jp jis junet"),
        (.iso2022JP, "ISO-2022-JP-1", "iso-2022-jp-1"),
        (.iso2022JP, "ISO-2022-JP-2", "iso-2022-jp-2 csiso2022jp2"),
        (
            .iso2022JP, "ISO-2022-JP-3",
            "iso-2022-jp-3 iso-2022-jp-2004 iso-2022-jp-ms iso-2022-jp-ext cp50220 cp50221 cp50222"
        ),
        (.iso2022KR, "ISO-2022-KR", "iso-2022-kr csiso2022kr iso2022kr"),
        (.iso2022CN, "ISO-2022-CN", "iso-2022-cn iso2022cn"),
        (.iso2022CN, "ISO-2022-CN-EXT", "iso-2022-cn-ext"),
        (.hz, "", "hz-gb-2312 hz hzgb2312"),
        (
            .utf7, "UTF-7",
            "utf-7 utf7 unicode-1-1-utf-7 unicode11utf7 csunicode11utf7 unicode-2-0-utf-7 cp65000"
        ),
        (
            .wide(unit: 2, order: nil), "UTF-16",
            "utf-16 utf16 unicode csunicode iso-10646-ucs-2 ucs-2 ucs2"
        ),
        (
            .wide(unit: 2, order: .little), "UTF-16LE",
            "utf-16le utf-16-le utf16le utf16-le ucs-2le unicodefeff cp1200"
        ),
        (
            .wide(unit: 2, order: .big), "UTF-16BE",
            "utf-16be utf-16-be utf16be utf16-be ucs-2be unicodefffe cp1201"
        ),
        (.wide(unit: 4, order: nil), "UTF-32", "utf-32 utf32 ucs-4 ucs4 iso-10646-ucs-4 csucs4"),
        (.wide(unit: 4, order: .little), "UTF-32LE", "utf-32le utf-32-le utf32le ucs-4le cp12000"),
        (.wide(unit: 4, order: .big), "UTF-32BE", "utf-32be utf-32-be utf32be ucs-4be cp12001"),
    ]
}
