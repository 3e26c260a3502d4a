# RapidJSON's packages name no target, or one of several. This makes RapidJSON::RapidJSON of what is there.
# Installed with Ichor, since its users look for the same headers.
if(NOT TARGET RapidJSON::RapidJSON)
    find_path(ICHOR_RAPIDJSON_INCLUDE_DIR rapidjson/document.h)
    mark_as_advanced(ICHOR_RAPIDJSON_INCLUDE_DIR)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(IchorRapidJSON REQUIRED_VARS ICHOR_RAPIDJSON_INCLUDE_DIR)

if(IchorRapidJSON_FOUND AND NOT TARGET RapidJSON::RapidJSON)
    add_library(RapidJSON::RapidJSON INTERFACE IMPORTED GLOBAL)
    target_include_directories(RapidJSON::RapidJSON INTERFACE "${ICHOR_RAPIDJSON_INCLUDE_DIR}")
endif()
