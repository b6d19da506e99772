"""Calls that no statement may make: they read or write elsewhere, or tell of the machine and not of the network.

Every table function that the engine knows is either here or among the harmless; a test holds them to it.
"""

from typing import Final


def listed(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


HARMLESS_TABLE_FUNCTIONS: Final = listed(
    "format generate_series generaterandom generateseries null numbers numbers_mt primes sqlstandardvalues values view"
    " zeros zeros_mt"
)

TABLE_FUNCTIONS: Final = listed(
    "arrowstream azureblobstorage azureblobstoragecluster bigquery cluster clusterallreplicas cosn deltalake"
    " deltalakeazure deltalakeazurecluster deltalakecluster deltalakelocal deltalakes3 deltalakes3cluster dictionary"
    " eval executable file filecluster filesystem fuzzjson fuzzquery gcs hdfs hdfscluster hudi hudicluster iceberg"
    " icebergazure icebergazurecluster icebergcluster iceberghdfs iceberghdfscluster iceberglocal iceberglocalcluster"
    " icebergs3 icebergs3cluster input jdbc loop merge mergetreeanalyzeindexes mergetreeanalyzeindexesuuid"
    " mergetreecodecblockcounts mergetreeindex mergetreeprojection mergetreetextindex mongodb mysql odbc oss paimon"
    " paimonazure paimonazurecluster paimoncluster paimonhdfs paimonhdfscluster paimonlocal paimons3 paimons3cluster"
    " postgresql prometheusquery prometheusqueryrange python redis remote remotesecure s3 s3cluster sqlite"
    " timeseriesdata timeseriesmetricfamilies timeseriesmetrics timeseriessamples timeseriesselector timeseriestags"
    " url urlcluster viewexplain viewifpermitted ytsaurus"
)

FUNCTIONS: Final = listed(
    "addresstoline addresstolinewithinlines addresstosymbol aiclassify aiembed aiextract aifilter aigenerate airedact"
    " aisimilarity aitranslate buildid catboostevaluate demangle disk evalmlmethod filesystemavailable"
    " filesystemcapacity filesystemunreserved fqdn getclienthttpheader getmacro getoskernelversion getserverport"
    " getserversetting globalvariable hascolumnintable hostname joinget joingetornull logtrace serveruuid"
    " showcertificate tcpport tid trap zookeepersessionuptime"
)

DENIED: Final = TABLE_FUNCTIONS | FUNCTIONS
