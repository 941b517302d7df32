#!/usr/bin/env bash
# Finds out which of the package sets in eng/feed-sets.txt the configured NuGet feed can restore, and writes the git-ignored
# eng/feed.g.props, which Directory.Packages.props imports: other versions where the preferred ones are missing, and what is
# left out. On a complete feed nothing of this is needed; a partial one (an offline mirror, a vetted feed) builds after it.
# Skipped while nothing it depends on has changed; `eng/feed.sh --force` looks anew.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
cd "$root" # global.json and NuGet.config count from here

stamp=$({ cat Directory.Packages.props eng/feed-sets.txt eng/feed.sh; dotnet nuget list source; } | cksum | tr ' ' '-')
if [[ ${1:-} != --force && -f $feed_props ]] && grep -q "stamp: $stamp" "$feed_props"; then
  exit 0
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

central_version() {
  local version
  version=$(sed -n "s/.*<PackageVersion Include=\"$1\" Version=\"\([^\"]*\)\".*/\1/p" Directory.Packages.props)
  [[ -n $version ]] || die "$1 is in feed-sets.txt but not in Directory.Packages.props"
  echo "$version"
}

# project NAME PACKAGES VERSIONS: one scratch project. Settings, sources and framework are the repository's; what lies around the
# scratch folder doesn't count.
project() {
  local -a packages versions
  local i approximate='NU1603'
  read -ra packages <<<"$2"
  read -ra versions <<<"${3#\~}"
  [[ ${#packages[@]} == "${#versions[@]}" ]] || die "feed-sets.txt: $1 has ${#packages[@]} packages but the versions '$3'"
  [[ $3 == \~* ]] && approximate=''
  mkdir -p "$scratch/$1"
  {
    echo "<Project Sdk=\"Microsoft.NET.Sdk\"><PropertyGroup><AssemblyName>probe</AssemblyName><PackageId>probe.$1</PackageId>"
    echo "<WarningsAsErrors>NU1601;NU1602;$approximate;NU1604;NU1605;NU1608</WarningsAsErrors></PropertyGroup><ItemGroup>"
    for i in "${!packages[@]}"; do
      echo "<PackageReference Include=\"${packages[i]}\" Version=\"${versions[i]}\" />"
    done
    echo "</ItemGroup></Project>"
  } >"$scratch/$1/$1.csproj"
  echo "<Project Path=\"$1/$1.csproj\" />" >>"$scratch/probe.slnx"
}

restored() { grep -q '"success": true' "$scratch/$1/obj/project.nuget.cache" 2>/dev/null; }

framework=$(sed -n 's:.*<TargetFramework>\(.*\)</TargetFramework>.*:\1:p' eng/build/Common.props)
cat >"$scratch/Directory.Build.props" <<XML
<Project><PropertyGroup>
  <TargetFramework>$framework</TargetFramework>
  <RestoreRootConfigDirectory>$root</RestoreRootConfigDirectory>
  <NuGetAudit>false</NuGetAudit>
  <ImportDirectoryBuildTargets>false</ImportDirectoryBuildTargets>
  <ImportDirectoryPackagesProps>false</ImportDirectoryPackagesProps>
</PropertyGroup></Project>
XML

# names[i], packages[i], choices[i] ("versions|versions|...", the preferred first), chosen[i] (versions; empty: none yet).
names=() packages=() choices=() chosen=()
while IFS= read -r line; do
  [[ $line =~ ^[[:space:]]*(#|$) ]] && continue
  read -r list <<<"${line#*:}" # trims
  others=${list#"${list%%|*}"}
  list=${list%%|*}
  preferred=
  for package in $list; do preferred+="$(central_version "$package") "; done
  names+=("${line%%:*}") packages+=("$list") choices+=("$preferred$others") chosen+=('')
done <eng/feed-sets.txt

# Round 0 tries every set's preferred versions, each in its own project but all in one restore, and a package that everything
# needs, which tells a partial feed from none. Round N tries the Nth other versions of the sets that are still without.
for ((round = 0, pending = ${#names[@]}; pending > 0; round++)); do
  echo '<Solution>' >"$scratch/probe.slnx"
  ((round > 0)) || project required xunit.v3 "$(central_version xunit.v3)"
  tried=()
  for i in "${!names[@]}"; do
    IFS='|' read -ra choice <<<"${choices[i]}"
    [[ -n ${chosen[i]} || $round -ge ${#choice[@]} ]] && continue
    read -r versions <<<"${choice[round]}"
    project "${names[i]}-$round" "${packages[i]}" "$versions"
    tried+=("$i|$versions")
  done
  ((${#tried[@]} > 0)) || break
  echo '</Solution>' >>"$scratch/probe.slnx"

  dotnet restore "$scratch/probe.slnx" --nologo -v q --disable-build-servers >"$scratch/log" 2>&1 || true
  if grep -q NU1301 "$scratch/log"; then
    grep -m1 -o 'NU1301.*' "$scratch/log" >&2
    die "a package source can't be reached, so nothing is known of what it carries. Sources: dotnet nuget list source"
  fi
  for try in "${tried[@]}"; do
    i=${try%%|*}
    restored "${names[i]}-$round" || continue
    chosen[i]=${try#*|}
    pending=$((pending - 1))
  done
  if ((round == 0)) && ! restored required && ((pending == ${#names[@]})); then
    tail -n 5 "$scratch/log" >&2
    die "no package restores, not even xunit.v3: is a package source configured? See: dotnet nuget list source"
  fi
done

summary='' missing=';' approximate=';' items=''
for i in "${!names[@]}"; do
  read -ra versions <<<"${chosen[i]#\~}"
  if [[ -z ${chosen[i]} ]]; then
    missing+="${names[i]};"
    summary+="  left out: ${names[i]} (${packages[i]% })"$'\n'
  fi
  [[ ${chosen[i]} == \~* ]] && approximate+="${names[i]};"
  n=0
  for package in ${packages[i]}; do
    central=$(central_version "$package")
    if [[ -z ${chosen[i]} ]]; then
      items+="    <MissingPackage Include=\"$package\" />"$'\n'
    elif [[ ${versions[n]} != "$central" ]]; then
      items+="    <PackageVersion Update=\"$package\" Version=\"${versions[n]}\" />"$'\n'
      summary+="  other version: $package ${versions[n]}, not $central"$'\n'
    fi
    n=$((n + 1))
  done
done

# Moved into place whole: a build may be reading it.
{
  echo "<Project>"
  echo "  <!-- What the configured package feed lacks; written by eng/feed.sh, not kept in git."
  printf '%s' "$summary"
  echo "  stamp: $stamp -->"
  if [[ -n $summary ]]; then
    echo "  <PropertyGroup>"
    echo "    <MissingPackageSets>$missing</MissingPackageSets>"
    echo "    <ApproximatePackageSets>$approximate</ApproximatePackageSets>"
    echo "  </PropertyGroup>"
    echo "  <ItemGroup>"
    printf '%s' "$items"
    echo "  </ItemGroup>"
  fi
  echo "</Project>"
} >"$feed_props.new"
mv "$feed_props.new" "$feed_props"

if [[ -n $summary ]]; then printf "The package feed is partial:\n%s" "$summary"; else echo "The package feed carries everything."; fi
