"""Who promised what to whom, over all repositories of an installation. Pure: halves come in, answers come out."""
