"""The evidence chain's arithmetic: RFC 6962 trees, tlog-tiles, and what a leaf commits to."""
