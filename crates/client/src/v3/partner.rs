//! `v3/marketing/partner/product-coupon/…`: product coupons (商品券) of a merchant for its brands.

product_coupon_nodes! {
    "v3/marketing/partner/product-coupon",
    steps {
        child image_generation_tasks() -> ImageGenerationTasks;
    }
    nodes {
        /// `v3/marketing/partner`.
        copy Partner("v3/marketing/partner") {
            child product_coupon() -> ProductCoupon;
        }

        /// 图片生成任务, on this face only.
        copy ImageGenerationTasks("v3/marketing/partner/product-coupon/image-generation-tasks") {
            /// 提交图片生成任务. Repeatable by `task_id`, together with the type.
            POST post(body: CreateImageGenerationTaskRequest) -> CreateImageGenerationTaskResponse;
            variable task_id() -> TaskId;
        }

        /// One task.
        kept TaskId("v3/marketing/partner/product-coupon/image-generation-tasks/{task_id}") {
            /// 查询图片生成任务执行结果. Not more often than every 2 seconds.
            GET get(query: GetImageGenerationTaskQuery) -> ImageGenerationTask;
        }
    }
}
