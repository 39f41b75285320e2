"""
Hard cases (疑难案件), one file a use case: investigation, rescission, appraisal, declared death, who is
entitled, several insurers, day sixty, taking a merger apart, getting money back.
"""
