# The client as one file, and as a Debian package: each runs where nothing else of ours is.
load ../support/flow

setup_file () {
    stack_up 2025-12-08T09:00:00+07:00
    env -u MAKEFLAGS -u MAKELEVEL make -s -C "$top" portable deb SANITIZER= >&2
}
teardown_file () { stack_down; }

@test "the one file wants only the C library and libm, at most of version 2.36" {
    [ "$(readelf -d "$top/build/portable/baocao" | grep -c NEEDED)" = 1 ]
    readelf -d "$top/build/portable/baocao" | grep -q 'NEEDED.*\[libc\.so\.6\]'
    for file in baocao client; do
        newest=$(objdump -T "$top/build/portable/$file" | grep -oE 'GLIBC_[0-9.]+' | sort -uV | tail -1)
        [ "$(printf '%s\n' "$newest" GLIBC_2.36 | sort -V | tail -1)" = GLIBC_2.36 ]
    done
}

@test "the one file in a root with nothing but a C library: from the duties to the receipt, in Vietnamese" {
    root=$BATS_TEST_TMPDIR/root
    mkdir -p "$root"/{proc,tmp,lib64,work}
    for library in ld-linux-x86-64.so.2 libc.so.6 libm.so.6 libpthread.so.0; do  # all of glibc
        cp -L "/lib/x86_64-linux-gnu/$library" "$root/lib64/"
    done
    cp "$top/build/portable/baocao" "$reports/so-khdt.json" "$root/"
    cp -a "$STATE/clients/so-khdt" "$root/work/home"
    cat >"$BATS_TEST_TMPDIR/inside" <<'SH'
mount -t proc proc "$1/proc" || exit 99
shift
exec env -i LANG=vi_VN.UTF-8 LD_LIBRARY_PATH=/lib64 BAOCAO_HOME=/work/home "$(command -v chroot)" "$root" /baocao "$@"
SH
    inside () { root=$root unshare $([ "$(id -u)" = 0 ] || echo -r) -mpf bash "$BATS_TEST_TMPDIR/inside" "$root" "$@"; }
    inside help >/dev/null 2>&1 || unshare -m mount -t tmpfs none /mnt || skip "nothing can be mounted here"
    run -0 inside help deadline
    [[ $output == *"giờ Việt Nam"* ]]
    run -0 inside doctor
    [[ $output == *"mọi thứ đều tốt"* ]]
    run -0 inside duties
    [[ $output == *"Sở Kế hoạch và Đầu tư"* ]]
    run -0 inside push --yes /so-khdt.json
    run -0 inside receipt verify
    [ "$(find "$root" -type f ! -path "$root/work/*" | sed "s|$root/||" | sort | tr '\n' ' ')" = "baocao lib64/ld-linux-x86-64.so.2 lib64/libc.so.6 lib64/libm.so.6 lib64/libpthread.so.0 so-khdt.json " ]
}

@test "the package: lintian finds nothing; installed it runs and has its manual pages, completions and licence" {
    root=$BATS_TEST_TMPDIR/root
    package=$(echo "$top"/build/deb/*.deb)
    run -0 lintian --allow-root --fail-on warning,error "$package"
    mkdir -p "$root"/var/lib/dpkg/{info,updates,triggers}
    : >"$root/var/lib/dpkg/status"
    if [ "$(id -u)" = 0 ]; then
        dpkg --root="$root" --force-depends --log=/dev/null -i "$package"
        [ "$(dpkg-query --root="$root" -W -f '${db:Status-Abbrev}' baocao)" = "ii " ]
    else
        dpkg -x "$package" "$root"
    fi
    LANGUAGE=vi run -0 "$root/usr/bin/baocao" help
    [[ $output == *"Chủ đề"* ]]
    BAOCAO_HOME=$STATE/clients/so-yte run -0 "$root/usr/bin/baocao" duties
    man -l "$root/usr/share/man/man1/baocao.1.gz" | grep -q 'baocao doctor'
    man -l "$root/usr/share/man/vi/man1/baocao.1.gz" | grep -q 'CÁC LỆNH'
    bash -n "$root/usr/share/bash-completion/completions/baocao"
    zsh -n "$root/usr/share/zsh/vendor-completions/_baocao"
    fish -n "$root/usr/share/fish/vendor_completions.d/baocao.fish"
    grep -q 'License: Expat' "$root/usr/share/doc/baocao/copyright"
}
