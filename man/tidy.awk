# scdoc begins a paragraph at the end of every block, where it belongs behind the block, and around headings, where
# it does nothing.  Moved and dropped, the pages pass `mandoc -Tlint`.
/^\.PP?$/ { held = 1; next }
/^\.RE$/ { print; next }
held && !heading && !/^\.SH/ { print ".PP" }
{ held = 0; heading = /^\.(SH|TH)/; print }
