# What `cmake --install` lays down, and the package that find_package(Ichor [COMPONENTS <module>…]) reads:
#   IchorConfig.cmake              always the core, then the modules that were asked for (or all that can be used)
#   Ichor-<module>.cmake           which packages and modules it needs, then its targets
#   Ichor-<module>-targets.cmake   the targets
include_guard(GLOBAL)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(_ichor_package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Ichor")
set(_ichor_made_dir "${Ichor_BINARY_DIR}/package")

# The lines of Ichor-<module>.cmake that find what a module needs.
function(_ichor_requirements out module)
    get_property(needs GLOBAL PROPERTY ICHOR_NEEDS_OF_${module})
    set(lines "")
    foreach(target IN LISTS needs)
        if(target MATCHES "^Ichor::(.+)$")
            if(NOT CMAKE_MATCH_1 STREQUAL "ichor")
                string(APPEND lines "_ichor_need_module(${module} ${CMAKE_MATCH_1})\n")
            endif()
        else()
            get_property(package GLOBAL PROPERTY ICHOR_PACKAGE_OF_${target})
            if(package)
                list(JOIN package " " package)
                string(APPEND lines "_ichor_need_package(${module} ${target} ${package})\n")
            endif()
        endif()
    endforeach()
    set(${out} "${lines}" PARENT_SCOPE)
endfunction()

function(_ichor_install_module module)
    get_property(target GLOBAL PROPERTY ICHOR_TARGET_OF_${module})
    set(targets ${target})
    if(module STREQUAL "ichor")
        list(APPEND targets ichor_must_match)
    endif()
    install(TARGETS ${targets} EXPORT Ichor-${module}-targets COMPONENT ${module}
        FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT ${module})
    install(EXPORT Ichor-${module}-targets NAMESPACE Ichor:: DESTINATION "${_ichor_package_dir}" COMPONENT ${module})
    _ichor_requirements(ICHOR_REQUIREMENTS ${module})
    set(ICHOR_MODULE ${module})
    configure_file("${Ichor_SOURCE_DIR}/cmake/IchorModuleConfig.cmake.in" "${_ichor_made_dir}/Ichor-${module}.cmake" @ONLY)
    install(FILES "${_ichor_made_dir}/Ichor-${module}.cmake" DESTINATION "${_ichor_package_dir}" COMPONENT ${module})
endfunction()

get_property(_ichor_modules GLOBAL PROPERTY ICHOR_MODULES)
foreach(module IN LISTS _ichor_modules)
    _ichor_install_module(${module})
endforeach()

list(REMOVE_ITEM _ichor_modules ichor)
set(ICHOR_INSTALLED_MODULES "${_ichor_modules}")
configure_package_config_file("${Ichor_SOURCE_DIR}/cmake/IchorConfig.cmake.in" "${_ichor_made_dir}/IchorConfig.cmake"
    INSTALL_DESTINATION "${_ichor_package_dir}")
write_basic_package_version_file("${_ichor_made_dir}/IchorConfigVersion.cmake" VERSION ${Ichor_VERSION} COMPATIBILITY SameMinorVersion)
install(FILES "${_ichor_made_dir}/IchorConfig.cmake" "${_ichor_made_dir}/IchorConfigVersion.cmake"
    "${Ichor_SOURCE_DIR}/cmake/FindIchorRapidJSON.cmake" "${Ichor_SOURCE_DIR}/cmake/FindIchorHiredis.cmake" "${Ichor_SOURCE_DIR}/cmake/FindIchorLiburing.cmake" DESTINATION "${_ichor_package_dir}" COMPONENT ichor)
