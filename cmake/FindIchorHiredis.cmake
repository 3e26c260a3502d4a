# Debian's package of hiredis makes variables, others a target. This makes hiredis::hiredis of what is there.
# Installed with Ichor, since its users look for the same library.
if(NOT TARGET hiredis::hiredis)
    find_path(ICHOR_HIREDIS_INCLUDE_DIR hiredis/hiredis.h)
    find_library(ICHOR_HIREDIS_LIBRARY hiredis)
    mark_as_advanced(ICHOR_HIREDIS_INCLUDE_DIR ICHOR_HIREDIS_LIBRARY)
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(IchorHiredis REQUIRED_VARS ICHOR_HIREDIS_LIBRARY ICHOR_HIREDIS_INCLUDE_DIR)

if(IchorHiredis_FOUND AND NOT TARGET hiredis::hiredis)
    add_library(hiredis::hiredis UNKNOWN IMPORTED GLOBAL)
    set_target_properties(hiredis::hiredis PROPERTIES IMPORTED_LOCATION "${ICHOR_HIREDIS_LIBRARY}")
    target_include_directories(hiredis::hiredis INTERFACE "${ICHOR_HIREDIS_INCLUDE_DIR}")
endif()
