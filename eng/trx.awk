# Reads one .trx result file: prints the failed and skipped tests with their messages, and writes "passed failed skipped" to the
# file named by -v counts=FILE. A run that broke off (a crashed host) has one failure more than its results say.
BEGIN { RS = "<"; passed = failed = skipped = 0; cut = "^Test '.*was skipped|^\\[xUnit.net|^[ \t]*$" }

function decode(s) {
  gsub(/&lt;/, "<", s); gsub(/&gt;/, ">", s); gsub(/&quot;/, "\"", s); gsub(/&apos;/, "'", s)
  gsub(/&#xD;/, "", s); gsub(/&#xA;/, "\n", s); gsub(/&amp;/, "\\&", s)
  return s
}
function attribute(name,   s) {
  if (!match($0, " " name "=\"[^\"]*\"")) return ""
  s = substr($0, RSTART, RLENGTH)
  return decode(substr(s, length(name) + 4, length(s) - length(name) - 4))
}
function text(   s) { s = $0; sub(/^[^>]*>/, "", s); sub(/[ \t\r\n]+$/, "", s); return decode(s) }
function indented(s, most, skip,   lines, n, i, shown) {
  n = split(s, lines, "\n")
  for (i = 1; i <= n && shown < most; i++) {
    sub(/\r$/, "", lines[i])
    if (skip != "" && lines[i] ~ skip) continue
    print "      " lines[i]
    shown++
  }
}

# Many tests are skipped for one reason: the reason is told once, with the names of a few.
function skip(reason, name) {
  if (!(reason in skips)) reasons[++reason_count] = reason
  skips[reason]++
  if (skips[reason] <= 3) names[reason] = names[reason] "\n      " name
}

/^UnitTestResult / {
  outcome = attribute("outcome"); name = attribute("testName"); in_result = 1
  if (outcome == "Passed") passed++
  else if (outcome == "NotExecuted") skipped++
  else { failed++; print "  FAILED " name }
}
/^\/UnitTestResult>/ { in_result = 0 }
/^Message>/ && in_result && outcome == "NotExecuted" { reason = text(); gsub(/[\r\n]+/, " ", reason); skip(reason, name) }
/^Message>/ && in_result && outcome != "NotExecuted" { indented(text(), 12, "") }
/^StackTrace>/ && in_result { indented(text(), 4, "") }

/^ResultSummary / { in_summary = 1; run = attribute("outcome") }
/^StdOut>/ && in_summary { output = text() }
/^RunInfo / { is_error = (attribute("outcome") == "Error") }
/^Text>/ && is_error { line = text(); if (line !~ /\[FAIL\]$/) errors = errors line "\n" }
/^\/TestRun>/ { whole = 1 }

END {
  for (i = 1; i <= reason_count; i++) {
    reason = reasons[i]
    print "  skipped " skips[reason] ": " reason names[reason] (skips[reason] > 3 ? "\n      and others" : "")
  }
  if (!whole || errors != "" || (failed == 0 && run != "Completed" && run != "Passed")) {
    failed++
    print "  FAILED the run itself, which broke off"
    indented(errors, 6, "^$")
    indented(output, 8, cut)
  }
  print passed, failed, skipped > counts
}
