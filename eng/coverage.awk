# Merges Cobertura files: a line counts once for each source file, and as covered if any run covered it. Prints one line with the
# line coverage of each project under src/ of the repository at -v root=FOLDER, and of all; and writes what is not covered to
# the file named by -v uncovered=FILE.
BEGIN { RS = "<" }

function attribute(name,   s) {
  if (!match($0, " " name "=\"[^\"]*\"")) return ""
  s = substr($0, RSTART, RLENGTH)
  return substr(s, length(name) + 4, length(s) - length(name) - 4)
}

/^source>/ { source = substr($0, 8) }
/^class / {
  file = attribute("filename")
  if (file !~ /^([A-Za-z]:|\/)/) file = source "/" file
  gsub(/[\/\\]+/, "/", file)
  # A deterministic build calls the root of the repository "/_".
  start = index(file, root "/src/") == 1 ? root : index(file, "/_/src/") == 1 ? "/_" : ""
  inside = start != "" && file !~ /\/obj\//
  file = substr(file, length(start "/src/") + 1)
}
/^line / && inside {
  key = file ":" attribute("number")
  if (!(key in hit)) { hit[key] = 0; lines[++count] = key }
  if (attribute("hits") > 0) hit[key] = 1
}

END {
  for (i = 1; i <= count; i++) {
    project = lines[i]
    sub(/\/.*/, "", project)
    if (!(project in all)) projects[++n] = project
    all[project]++
    covered[project] += hit[lines[i]]
    total += hit[lines[i]]
    if (!hit[lines[i]]) print "src/" lines[i] > uncovered
  }
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && projects[j] < projects[j - 1]; j--) { swap = projects[j]; projects[j] = projects[j - 1]; projects[j - 1] = swap }
  if (count == 0) exit
  for (i = 1; i <= n; i++) text = text sprintf("%s %.1f %%, ", projects[i], 100 * covered[projects[i]] / all[projects[i]])
  printf "coverage: %stotal %.1f %%\n", text, 100 * total / count
}
