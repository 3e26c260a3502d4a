#pragma once

// The door for files that define a service.
#include <ichor/dependency_management/AdvancedService.h>
#include <ichor/dependency_management/DependencyManager.h>
