"""contracts.yml: who owns a contract, who depends on it, what is promised; and whom a finding reaches."""
