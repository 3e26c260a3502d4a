#include <ichor/dependency_management/AdvancedService.h>

#include <ichor/dependency_management/ServiceRecord.h>

namespace Ichor::Detail {

AdvancedServiceBase::AdvancedServiceBase(Properties properties) {
    ServiceRecord &record = ServiceRecord::of(*this);
    record.properties = std::move(properties);
    record.properties.settle(ServiceRecord::memoryOf(record.manager));
}

} // namespace Ichor::Detail
