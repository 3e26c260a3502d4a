#include <ichor/dependency_management/AdvancedService.h>

#include <ichor/dependency_management/ServiceRecord.h>

namespace Ichor::Detail {

AdvancedServiceBase::AdvancedServiceBase(Properties properties) { ServiceRecord::of(*this).properties = std::move(properties); }

} // namespace Ichor::Detail
