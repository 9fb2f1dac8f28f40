nas 1

// Ends of networks.

/// Global average pooling and one fully connected layer: from an image to a score for each class
/// (Lin et al. 2014, section 3.2).
motif classifier(x; classes) = x |> global_avg_pool |> dense(classes)
