"""What makes patterns that backtrack slow: repetition of what they begin with."""

WORST = (
    "a", "a ", " ", '"', "'", '\\"', "a@", "@", "://", "a://", "a.", "password=", 'password="',
    "password ", "bearer ", "{", "[", "::", "a:", "1.", "1", "-", "/", "/a1", "(", "ERROR:  ",
    "A :  ", "Failing row contains (", ", a.", "session_1769376031102_", "error ' ", "eyJ",
    'constraint "', "constraint: ", "code: ", "website_url", "insert into ", "invalid input ",
    "2026-01-26 ", "\\", "é", "x-api-key: '",
)  # fmt: skip
