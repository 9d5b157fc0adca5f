#!/usr/bin/env bash
# Makes what people install, in artifacts/publish: an archive for each system, a package for Debian, packages for NuGet, a bill of
# materials (CycloneDX) and the checksums of all of them.
#   ./publish.sh                    everything
#   ./publish.sh linux-x64 nuget    only these: linux-x64, linux-arm64, win-x64, osx-arm64, nuget, sbom
# On the system that it is made for, kodama is compiled ahead of time; for others it is one trimmed file with its runtime.
set -euo pipefail
cd "$(dirname "$0")"

out=artifacts/publish
all=(linux-x64 linux-arm64 win-x64 osx-arm64 nuget sbom)
wanted=("${@:-${all[@]}}")
for one in "${wanted[@]}"; do
  case " ${all[*]} " in *" $one "*) ;; *) echo "publish.sh: '$one' cannot be published; there are: ${all[*]}" >&2; exit 2 ;; esac
done
version=$(dotnet msbuild src/Kodama.Cli -getProperty:Version)
case $(uname -s)-$(uname -m) in
  Linux-x86_64) here=linux-x64 ;; Linux-aarch64) here=linux-arm64 ;; Darwin-arm64) here=osx-arm64 ;; *) here=none ;;
esac
mkdir -p "$out"

# The program and what it loads, without what only debuggers, compilers and IIS read.
publish_program() {
  local system=$1 to=$out/kodama-$version-$1
  local how=(--self-contained -p:PublishSingleFile=true -p:PublishTrimmed=true)
  [ "$system" != "$here" ] || how=(-p:PublishAot=true -p:StripSymbols=true)
  rm -rf "$to" "$to".*
  dotnet publish src/Kodama.Cli -c Release -r "$system" "${how[@]}" -p:DebugType=none -p:PublishDocumentationFiles=false -o "$to" \
    --nologo -v quiet -clp:NoSummary
  rm -f "$to"/*.dbg "$to"/*.pdb "$to"/*.xml "$to"/aspnetcorev2_inprocess.dll
  cp LICENSE "$to"
  add_manuals "$to"
  if [ "$system" = win-x64 ]; then
    (cd "$out" && python3 -m zipfile -c "kodama-$version-$system.zip" "kodama-$version-$system")
  else
    tar --owner=0 --group=0 -C "$out" -czf "$to.tar.gz" "kodama-$version-$system"
  fi
}

# The manual page and the completions, told by the program itself, as it was built for this system.
add_manuals() {
  local kodama="$1/kodama"
  [ "$(basename "$1")" = "kodama-$version-$here" ] || kodama=$out/kodama-$version-$here/kodama
  [ -x "$kodama" ] || return 0
  mkdir -p "$1/completions"
  "$kodama" manual > "$1/kodama.1"
  for shell in bash fish powershell zsh; do "$kodama" completions $shell > "$1/completions/kodama.$shell"; done
}

publish_deb() {
  local from=$out/kodama-$version-$1 root=$out/deb
  command -v dpkg-deb >/dev/null || { echo "publish.sh: no dpkg-deb here, so no package for Debian" >&2; return; }
  rm -rf "$root"
  install -Dm755 "$from/kodama" "$root/usr/lib/kodama/kodama"
  install -m644 "$from"/*.so "$root/usr/lib/kodama"
  mkdir -p "$root/usr/bin" && ln -s ../lib/kodama/kodama "$root/usr/bin/kodama"
  install -Dm644 "$from/kodama.1" "$root/usr/share/man/man1/kodama.1" && gzip -9n "$root/usr/share/man/man1/kodama.1"
  install -Dm644 "$from/completions/kodama.bash" "$root/usr/share/bash-completion/completions/kodama"
  install -Dm644 "$from/completions/kodama.zsh" "$root/usr/share/zsh/vendor-completions/_kodama"
  install -Dm644 "$from/completions/kodama.fish" "$root/usr/share/fish/vendor_completions.d/kodama.fish"
  install -Dm644 LICENSE "$root/usr/share/doc/kodama/copyright"
  install -Dm644 packaging/kodama.service "$root/usr/lib/systemd/system/kodama.service"
  install -Dm600 packaging/appsettings.json "$root/etc/kodama/appsettings.json"
  install -d "$root/DEBIAN"
  sed "s/@VERSION@/$version/; s/@SIZE@/$(du -sk "$root" | cut -f1)/" packaging/deb/control > "$root/DEBIAN/control"
  echo /etc/kodama/appsettings.json > "$root/DEBIAN/conffiles"
  install -m755 packaging/deb/postinst packaging/deb/prerm packaging/deb/postrm "$root/DEBIAN"
  dpkg-deb --root-owner-group --build "$root" "$out/kodama_${version}_amd64.deb" >/dev/null
  rm -rf "$root"
}

publish_nuget() {
  local project
  for project in src/*/*.csproj templates/Kodama.Templates.csproj; do
    dotnet pack "$project" -c Release -o "$out/nuget" --nologo -v quiet -clp:NoSummary
  done
}

publish_sbom() {
  dotnet tool restore >/dev/null
  dotnet restore src/Kodama.Cli -v quiet
  dotnet tool run dotnet-CycloneDX src/Kodama.Cli/Kodama.Cli.csproj --output "$out" --filename "kodama-$version.cdx.json" \
    --output-format Json --set-name kodama --set-version "$version" --disable-package-restore >/dev/null
}

# First the one that can tell its manual.
for one in $here "${all[@]}"; do
  case " ${wanted[*]} " in *" $one "*) ;; *) continue ;; esac
  case " ${made:-} " in *" $one "*) continue ;; esac
  made="${made:-} $one"
  echo "Publishing $one"
  case $one in
    nuget | sbom) "publish_$one" ;;
    *) publish_program "$one" ;;
  esac
  [ "$one" != linux-x64 ] || publish_deb "$one"
done
(cd "$out" && find . -maxdepth 2 -type f \( -name '*.tar.gz' -o -name '*.zip' -o -name '*.deb' -o -name '*.nupkg' -o -name '*.json' \) \
  | sort | xargs sha256sum > SHA256SUMS)
cat "$out/SHA256SUMS"
