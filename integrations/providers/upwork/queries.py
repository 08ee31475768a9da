"""What we ask Upwork. No field that we do not need: one without permission fails the whole question."""

from collections.abc import Sequence
from datetime import date

from integrations.providers.upwork.reading import compact

ME = "query Me { user { id } organization { id name } }"
EMAIL = "query Email { user { email } }"

CONTRACTS = """
query Contracts($filter: VendorContractSearchFilter!, $options: ContractOptionsInput, $paging: ContractPagingInput) {
  vendorContracts(filter: $filter, options: $options, paging: $paging) { contracts {
    id title status startDate clientOrganization { id name } clientTeam { id name } freelancer { id name }
    terms { hourlyTerms { hourlyRate { rawValue currency } startDate endDate }
            fixedPriceTerms { fixedAmount { rawValue currency } startDate endDate } } } } }
"""

HISTORY = """
query History($filter: TalentWorkHistoryFilterInput) {
  talentWorkHistory(filter: $filter) { workHistoryList { contract { id title status startDate } } } }
"""

_CELLS = "{ workDiaryTimeCells { cellDateTime { rawValue } manual overtime memo task { id description } } }"


def diaries(contract: str, days: Sequence[date]) -> str:
    """Return a question for a contract's diaries of at most ten days, each under an alias: see `alias_of`."""
    if not (contract.isascii() and contract.isdecimal()):
        raise ValueError("This is no id of a contract of Upwork's.")
    asked = (
        f'{alias_of(day)}: workDiaryContract(workDiaryContractInput: {{contractId: "{contract}", '
        f'date: "{compact(day)}", offsetInSeconds: 0}}) {_CELLS}'
        for day in days
    )
    return f"query Diaries {{ {' '.join(asked)} }}"


def alias_of(day: date) -> str:
    return f"d{compact(day)}"
