SELECT section, item, subject, taken_as, why, "rows", share, seen FROM receipt
