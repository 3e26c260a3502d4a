# Debian's liburing brings no package file for CMake. This makes liburing::liburing of what is there.
# Installed with Ichor, since its users link the same library.
if(NOT TARGET liburing::liburing)
    find_path(ICHOR_LIBURING_INCLUDE_DIR liburing.h)
    find_library(ICHOR_LIBURING_LIBRARY uring)
    mark_as_advanced(ICHOR_LIBURING_INCLUDE_DIR ICHOR_LIBURING_LIBRARY)
    if(ICHOR_LIBURING_INCLUDE_DIR)
        # Before 2.3 it could not ask for completions of deferred task work.
        file(STRINGS "${ICHOR_LIBURING_INCLUDE_DIR}/liburing.h" ICHOR_LIBURING_IS_RECENT REGEX "io_uring_submit_and_get_events")
    endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(IchorLiburing
    REQUIRED_VARS ICHOR_LIBURING_LIBRARY ICHOR_LIBURING_INCLUDE_DIR ICHOR_LIBURING_IS_RECENT)

if(IchorLiburing_FOUND AND NOT TARGET liburing::liburing)
    add_library(liburing::liburing UNKNOWN IMPORTED GLOBAL)
    set_target_properties(liburing::liburing PROPERTIES IMPORTED_LOCATION "${ICHOR_LIBURING_LIBRARY}")
    target_include_directories(liburing::liburing INTERFACE "${ICHOR_LIBURING_INCLUDE_DIR}")
endif()
