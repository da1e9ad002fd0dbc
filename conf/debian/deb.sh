#!/bin/sh
# Builds signpost_<version>_<architecture>.deb from what `swift build -c release` left, in the folder DESTINATION:
#
#     conf/debian/deb.sh DESTINATION [option of dpkg-deb]...
#
# The Swift runtime comes along, in /usr/lib/signpost. What else is depended on is found in the binaries.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
destination=$(cd "$1" && pwd)
shift
built=${BUILT:-$here/.build/release}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 022
# dpkg-shlibdeps wants it here, as in a source package.
root=$work/debian/signpost
private=$root/usr/lib/signpost

version=$(dpkg-parsechangelog -l "$here/conf/debian/changelog" -S Version)
program=$("$built/signpost" --version | cut -d ' ' -f 2)
[ "$version" = "$program" ] || {
    echo "conf/debian/changelog is of version $version, the program of $program: write an entry" >&2
    exit 65
}
# Every file is as old as the entry in the changelog, so that the same sources make the same package.
SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$here/conf/debian/changelog" -S Timestamp)
export SOURCE_DATE_EPOCH

# ---- files ----
make -s -C "$here" install DESTDIR="$root" PREFIX=/usr BUILT="$built"
mkdir -p "$root/lib/systemd"
mv "$root/usr/lib/systemd/system" "$root/lib/systemd/system"
rmdir "$root/usr/lib/systemd"
mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"

install -d "$root/etc/signpost/senders.d"
install -m 644 "$here/conf/signpost.yaml" "$root/etc/signpost/"
sed -i 's#/usr/local/lib/signpost#/usr/lib/signpost#' "$root/etc/signpost/signpost.yaml"
install -m 644 "$here"/conf/senders.d/* "$root/etc/signpost/senders.d/"

# It is read by a shell, not run.
sed -i '1{/^#!/d}' "$root/usr/share/bash-completion/completions/signpost"

doc=$root/usr/share/doc/signpost
install -d "$doc/examples" "$root/usr/share/lintian/overrides"
install -m 644 "$here/README.md" "$here"/docs/*.md "$doc/"
for example in "$here"/conf/*; do
    case $example in
    */signpost.yaml | */senders.d | */debian | *.service | *.socket) ;;
    *) install -m 644 "$example" "$doc/examples/" ;;
    esac
done
install -m 644 "$here/Sources/CSignpostPlugin/include/signpost_plugin.h" "$doc/examples/"
install -m 644 "$here/conf/debian/copyright" "$doc/copyright"
install -m 644 "$here/conf/debian/lintian-overrides" "$root/usr/share/lintian/overrides/signpost"
install -m 644 "$here/conf/debian/changelog" "$doc/changelog"
gzip -9n "$doc/changelog" "$root"/usr/share/man/man*/*

# ---- the Swift runtime: the libraries that the program and its plugins need, and those that these need ----
# A program that is linked against a toolchain finds the toolchain's libraries by its own RUNPATH.
runtime=$(patchelf --print-rpath "$built/signpost" | tr : '\n' | grep -m 1 '^/') || {
    echo "$built/signpost does not say where its Swift runtime is" >&2
    exit 69
}
needed() { readelf -d "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u; }
found=
new=$(needed "$root/usr/bin/signpost" "$private"/plugins/*.so)
while [ -n "$new" ]; do
    more=
    for library in $new; do
        case " $found " in *" $library "*) continue ;; esac
        [ -e "$runtime/$library" ] || continue
        found="$found $library"
        install -m 644 "$runtime/$library" "$private/"
        more="$more $(needed "$runtime/$library")"
    done
    new=$more
done

chmod 644 "$private"/plugins/*.so
strip --strip-unneeded --remove-section=.comment --remove-section=.note \
    "$root/usr/bin/signpost" "$private"/*.so "$private"/plugins/*.so
patchelf --set-rpath '$ORIGIN/../lib/signpost' "$root/usr/bin/signpost"
patchelf --set-rpath '$ORIGIN/..' "$private"/plugins/*.so

# ---- what the package says of itself ----
control=$root/DEBIAN
install -d "$control"
install -m 755 "$here/conf/debian/postinst" "$here/conf/debian/prerm" "$here/conf/debian/postrm" "$control/"
(cd "$root" && find etc -type f | sort | sed 's#^#/#') > "$control/conffiles"
(cd "$root" && find . -type f ! -path './DEBIAN/*' ! -path './etc/*' -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' md5sum) \
    > "$control/md5sums"

# dpkg-shlibdeps asks the packages of this machine.
mkdir -p "$work/debian"
printf 'Source: signpost\n\nPackage: signpost\nArchitecture: any\n' > "$work/debian/control"
(cd "$work" && dpkg-shlibdeps -l"$private" "$root/usr/bin/signpost" "$private"/*.so "$private"/plugins/*.so \
    > complaints 2>&1) || {
    cat "$work/complaints" >&2
    exit 70
}
dependencies=$(sed -n 's/^shlibs:Depends=//p' "$work/debian/substvars")
sed -e "s/@VERSION@/$version/" -e "s/@ARCHITECTURE@/$(dpkg --print-architecture)/" \
    -e "s/@DEPENDS@/$dependencies/" -e "s/@SIZE@/$(du -sk --apparent-size --exclude=DEBIAN "$root" | cut -f 1)/" \
    "$here/conf/debian/control" > "$control/control"

find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
dpkg-deb --root-owner-group "$@" --build "$root" "$destination"
