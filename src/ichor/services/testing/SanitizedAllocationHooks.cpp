// Under a sanitizer, which has a malloc of its own and calls these.
#include "AllocationCounter.h"

extern "C" {
[[gnu::used]] void __sanitizer_malloc_hook(void const volatile *, std::size_t) { Ichor::Testing::Detail::CountedAllocation const counted; }
[[gnu::used]] void __sanitizer_free_hook(void const volatile *) {}
}

namespace Ichor::Testing::Detail {
void linkAllocationHooks() noexcept {}
} // namespace Ichor::Testing::Detail
