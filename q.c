#include <linux/skbuff.h>
#include <linux/netdevice.h>
#include <net/dropreason.h>
long v0(void){ asm volatile(".ascii \"@@0 = %0\"" :: "i"((long)(offsetof(struct sk_buff,_skb_refdst)))); return 0; }
long v1(void){ asm volatile(".ascii \"@@1 = %0\"" :: "i"((long)(offsetof(struct sk_buff,destructor)))); return 0; }
long v2(void){ asm volatile(".ascii \"@@2 = %0\"" :: "i"((long)(offsetof(struct sk_buff,sk)))); return 0; }
long v3(void){ asm volatile(".ascii \"@@3 = %0\"" :: "i"((long)(offsetof(struct sk_buff,_nfct)))); return 0; }
long v4(void){ asm volatile(".ascii \"@@4 = %0\"" :: "i"((long)(offsetof(struct sk_buff,cb)))); return 0; }
long v5(void){ asm volatile(".ascii \"@@5 = %0\"" :: "i"((long)(offsetof(struct sk_buff,tstamp)))); return 0; }
long v6(void){ asm volatile(".ascii \"@@6 = %0\"" :: "i"((long)(offsetof(struct sk_buff,extensions)))); return 0; }
long v7(void){ asm volatile(".ascii \"@@7 = %0\"" :: "i"((long)(offsetof(struct sk_buff,hdr_len)))); return 0; }
long v8(void){ asm volatile(".ascii \"@@8 = %0\"" :: "i"((long)(offsetof(struct sk_buff,queue_mapping)))); return 0; }
long v9(void){ asm volatile(".ascii \"@@9 = %0\"" :: "i"((long)(offsetof(struct net_device,pcpu_refcnt)))); return 0; }
long v10(void){ asm volatile(".ascii \"@@10 = %0\"" :: "i"((long)(offsetof(struct net_device,mtu)))); return 0; }
long v11(void){ asm volatile(".ascii \"@@11 = %0\"" :: "i"((long)(SKB_DROP_REASON_NOT_SPECIFIED))); return 0; }
long v12(void){ asm volatile(".ascii \"@@12 = %0\"" :: "i"((long)(offsetof(struct net_device,lstats)))); return 0; }
long v13(void){ asm volatile(".ascii \"@@13 = %0\"" :: "i"((long)(offsetof(struct net_device,hard_header_len)))); return 0; }
long v14(void){ asm volatile(".ascii \"@@14 = %0\"" :: "i"((long)(NET_RX_DROP))); return 0; }
long v15(void){ asm volatile(".ascii \"@@15 = %0\"" :: "i"((long)(NET_XMIT_DROP))); return 0; }
long v16(void){ asm volatile(".ascii \"@@16 = %0\"" :: "i"((long)(offsetof(struct skb_shared_info,frags)))); return 0; }
long v17(void){ asm volatile(".ascii \"@@17 = %0\"" :: "i"((long)(__builtin_offsetof(struct sk_buff,__pkt_type_offset)))); return 0; }
long v18(void){ asm volatile(".ascii \"@@18 = %0\"" :: "i"((long)(SKB_DATAREF_SHIFT))); return 0; }
