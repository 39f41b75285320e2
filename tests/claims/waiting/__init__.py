"""Reports that wait for somebody's consent: kept, answered, looked after."""
